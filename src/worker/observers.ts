import type { RequestObserver } from '../engine/request-observer.ts'
import type { Runtime } from '../engine/runtime.ts'
import { AccessLog } from '../filters/access-log/access-log.ts'
import type { LineBuffer } from '../observability/access-log/line-buffer.ts'
import type { Escaping } from '../observability/access-log/line-bytes.ts'
import type { MetricsPlan } from '../observability/metrics/metrics-plan.ts'
import { namesOf, namesOfScript } from '../program/log-names.ts'
import type { LoadBalancerSpec, ProgramSpec } from '../program/spec.ts'
import { SpanLog } from '../program/tracing/span-log.ts'
import type { LogFiles } from './log-files.ts'
import { RequestMetrics } from './request-metrics.ts'
import { ScriptRecorder } from './script-recorder.ts'
import type { SpanSender } from './span-sender.ts'

/** Where a worker leaves what it sees of requests. */
export interface Observation {
  /** Memory of the worker's metrics; undefined when nobody reads them. */
  readonly numbers: Float64Array | undefined
  readonly logs: LogFiles
  readonly spans: SpanSender
}

/** Who looks at the requests of a load balancer: nobody, unless something asks for it. */
export function observersOf(
  spec: LoadBalancerSpec,
  { numbers, logs, spans }: Observation,
  plan: MetricsPlan | undefined,
): RequestObserver[] {
  const observers: RequestObserver[] = []
  if (numbers !== undefined && plan !== undefined) observers.push(new RequestMetrics(numbers, plan))
  const { accessLog, tracing } = spec
  if (accessLog !== undefined) {
    const open = (escaping: Escaping): LineBuffer => logs.open(accessLog.path, escaping)
    observers.push(new AccessLog(accessLog, namesOf(spec), open))
  }
  if (tracing !== undefined) observers.push(new SpanLog(tracing, spec, spans.lines))
  return observers
}

/** Who records the requests of a script; nobody unless it asks for it. */
export function recorderOf(
  spec: ProgramSpec,
  runtime: Runtime,
  { numbers, logs }: Observation,
  plan: MetricsPlan | undefined,
): ScriptRecorder | null {
  if (spec.kind !== 'script' || spec.records === undefined) return null
  const isCounted = numbers !== undefined && plan !== undefined
  const metrics = isCounted ? new RequestMetrics(numbers, plan) : undefined
  return new ScriptRecorder(runtime, namesOfScript(spec), logs, metrics)
}

/** The files that the access log of a load balancer needs. */
export function accessLogsOf(spec: ProgramSpec): ReadonlySet<string> {
  const path = spec.kind === 'lb' ? spec.accessLog?.path : undefined
  return new Set(path === undefined ? [] : [path])
}
