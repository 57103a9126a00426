import { nginxLog } from '../peers/nginx.ts'
import { sluiceObserved, sluiceUnobserved } from '../peers/sluice.ts'
import { closedLoopWorkload } from './closed-loop-workload.ts'
import type { Workload } from './workload.ts'

/**
 * The main row with what an operator looks at: health checks, metrics and an access log,
 * beside nginx's log.
 */
export const observed: Workload = closedLoopWorkload(
  'observed',
  'HTTP, 64 connections, 100 B, with health checks, metrics and access log',
  [sluiceObserved, sluiceUnobserved, nginxLog],
  { path: '/', connections: 64 },
)
