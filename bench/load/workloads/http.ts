import { haproxy } from '../peers/haproxy.ts'
import { httpProxy3 } from '../peers/http-proxy-3.ts'
import { nginx } from '../peers/nginx.ts'
import { sluice, sluiceScript } from '../peers/sluice.ts'
import { closedLoopWorkload } from './closed-loop-workload.ts'
import type { Workload } from './workload.ts'

/** The main row: what most installations do all day. */
export const http64: Workload = closedLoopWorkload(
  'http-64',
  'HTTP, 64 keep-alive connections, 100 B',
  [sluice, nginx, haproxy, httpProxy3],
  { path: '/', connections: 64 },
)

/** More connections than fit one batch of events. */
export const http512: Workload = closedLoopWorkload(
  'http-512',
  'HTTP, 512 keep-alive connections, 100 B',
  [sluice, nginx, haproxy],
  { path: '/', connections: 512 },
)

/** One request at a time: nothing to batch, every wake-up is for one event. */
export const one: Workload = closedLoopWorkload(
  'one',
  'HTTP, 1 connection, 100 B',
  [sluice, nginx, haproxy, httpProxy3],
  { path: '/', connections: 1 },
)

/** A script's callback chooses the target of every request. */
export const script: Workload = closedLoopWorkload(
  'script',
  'HTTP through a script, 64 connections, 100 B',
  [sluiceScript, nginx],
  { path: '/', connections: 64 },
)

/** A new client connection for every request. */
export const connect: Workload = closedLoopWorkload(
  'connect',
  'HTTP, new connection per request, 100 B',
  [sluice, nginx, haproxy],
  { path: '/', connections: 64, headers: ['Connection: close'] },
)
