import { BenchError } from '../bench-error.ts'
import { body1k, body1m, body64k, post64k } from './bodies.ts'
import { dubbo } from './dubbo.ts'
import { rss, startup } from './footprint.ts'
import { connect, http64, http512, one, script } from './http.ts'
import { idle } from './idle.ts'
import { latency } from './latency.ts'
import { observed } from './observed.ts'
import { tcp } from './tcp.ts'
import type { Workload } from './workload.ts'

/** Every workload, in the order of the report. */
export const ALL_WORKLOADS: readonly Workload[] = [
  http64,
  http512,
  one,
  script,
  observed,
  body1k,
  body64k,
  body1m,
  post64k,
  connect,
  tcp,
  dubbo,
  latency,
  idle,
  rss,
  startup,
]

/** Finds a workload by its name on the command line. */
export function findWorkload(name: string): Workload {
  const workload = ALL_WORKLOADS.find((candidate) => candidate.name === name)
  if (workload !== undefined) return workload
  const known = ALL_WORKLOADS.map((candidate) => candidate.name).join(', ')
  throw new BenchError(`unknown workload ${name}; known are ${known}`)
}
