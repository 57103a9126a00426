import type { RequestObserver } from '../engine/request-observer.ts'
import { beginKnownRequest } from '../filters/begin-request.ts'
import { countData } from '../filters/count-data.ts'
import { endKnownRequest } from '../filters/end-request.ts'
import { drawFlow } from '../program/flow/flow.ts'
import type { FlowModule } from '../program/flow/flow-graph.ts'
import type { PipelineSketch } from '../program/flow/sketch.ts'
import { sketchConfiguration } from '../program/flow/sketch-configuration.ts'
import { drawGraph, type ModuleGraph } from '../program/graph.ts'
import { type LbOrigin, loadBalancer, type Traffic } from '../program/lb/load-balancer.ts'
import type { LoadBalancerSpec } from '../program/spec.ts'
import { placePipelines, type RangeOf } from './flow-places.ts'
import type { Config } from './schema/config.ts'

/** Filters that count; what they are given says nothing to anybody. */
const COUNTING: readonly string[] = [beginKnownRequest.name, endKnownRequest.name, countData.name]

/** The pipelines that a load balancer has; `path` is what the graph calls it. */
export function graphOf(path: string, spec: LoadBalancerSpec): ModuleGraph {
  return drawGraph(path, sketchConfiguration(loadBalancer(spec, { context: null })))
}

/**
 * The pipelines that workers of a process with a web UI have, which counts requests and bytes: what
 * is seen of them is known by their numbers. They have places as far as `rangeOf` knows these.
 */
export function flowOf(
  path: string,
  spec: LoadBalancerSpec,
  config: Config,
  rangeOf: RangeOf | undefined,
): FlowModule[] {
  const observers: RequestObserver[] = [{ seesCopies: true, ended: () => {} }]
  const traffic: Traffic = {
    numbers: new Float64Array(0),
    listeners: spec.listen.map(() => 0),
    targets: [],
  }
  let origins: readonly LbOrigin[] = []
  const program = loadBalancer(
    spec,
    { context: null },
    {
      ...{ observers, traffic },
      onOrigins: (found) => {
        origins = found
      },
    },
  )
  const pipelines = sketchConfiguration(program).map(withoutCounters)
  const placed =
    rangeOf === undefined ? pipelines : placePipelines(pipelines, origins, config, rangeOf)
  return drawFlow([{ path, pipelines: placed }])
}

function withoutCounters({ stages, ...pipeline }: PipelineSketch): PipelineSketch {
  return {
    ...pipeline,
    stages: stages.map((one) => (COUNTING.includes(one.name) ? { ...one, options: '' } : one)),
  }
}
