import type { RequestObserver } from '../engine/request-observer.ts'
import type { MetricsPlan } from '../observability/metrics/metrics-plan.ts'
import { AccessLog } from '../program/access-log/access-log.ts'
import type { LoadBalancerSpec } from '../program/spec.ts'
import type { LogFiles } from './log-files.ts'
import { RequestMetrics } from './request-metrics.ts'

/** Where a worker leaves what it sees of requests. */
export interface Observation {
  /** Memory of the worker's metrics; undefined when nobody reads them. */
  readonly numbers: Float64Array | undefined
  readonly logs: LogFiles
}

/** Who looks at the requests of a load balancer: nobody, unless something asks for it. */
export function observersOf(
  spec: LoadBalancerSpec,
  { numbers, logs }: Observation,
  plan: MetricsPlan | undefined,
): RequestObserver[] {
  const observers: RequestObserver[] = []
  if (numbers !== undefined && plan !== undefined) observers.push(new RequestMetrics(numbers, plan))
  if (spec.accessLog !== undefined) {
    observers.push(new AccessLog(spec.accessLog, spec, logs.open(spec.accessLog.path)))
  }
  return observers
}
