import { haproxy, haproxySplice } from '../peers/haproxy.ts'
import { nginx } from '../peers/nginx.ts'
import { sluice } from '../peers/sluice.ts'
import { closedLoopWorkload } from './closed-loop-workload.ts'
import type { Workload } from './workload.ts'

const PEERS = [sluice, nginx, haproxy]
const LARGE_BODY_PEERS = [...PEERS, haproxySplice]

/** Responses of one page of text. */
export const body1k: Workload = closedLoopWorkload(
  'body-1k',
  'HTTP, 64 connections, 1 KB bodies',
  PEERS,
  { path: '/1k', connections: 64 },
)

/** Responses of several reads each. */
export const body64k: Workload = closedLoopWorkload(
  'body-64k',
  'HTTP, 64 connections, 64 KB bodies',
  LARGE_BODY_PEERS,
  { path: '/64k', connections: 64 },
)

/** Responses larger than any buffer on the way: back-pressure decides. */
export const body1m: Workload = closedLoopWorkload(
  'body-1m',
  'HTTP, 64 connections, 1 MB bodies',
  LARGE_BODY_PEERS,
  { path: '/1m', connections: 64 },
)

/** Request bodies, the other direction. */
export const post64k: Workload = closedLoopWorkload(
  'post-64k',
  'HTTP, 64 connections, POST of 64 KB',
  PEERS,
  { path: '/', connections: 64, postBytes: 64 * 1024 },
)
