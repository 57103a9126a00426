import { haproxyTcp } from '../peers/haproxy.ts'
import { nginx } from '../peers/nginx.ts'
import { sluiceTcp } from '../peers/sluice.ts'
import { closedLoopWorkload } from './closed-loop-workload.ts'
import type { Workload } from './workload.ts'

/** TCP pass-through, beside HAProxy doing the same and nginx doing HTTP (the bar is set on that one). */
export const tcp: Workload = closedLoopWorkload(
  'tcp',
  'TCP pass-through, 64 connections, 100 B',
  [sluiceTcp, nginx, haproxyTcp],
  { path: '/', connections: 64 },
)
