import { stringify } from 'yaml'
import { drawFlow } from '../program/flow/flow.ts'
import type { FlowModule } from '../program/flow/flow-graph.ts'
import { sketchConfiguration } from '../program/flow/sketch-configuration.ts'
import { drawGraph, type ModuleGraph } from '../program/graph.ts'
import { loadBalancer } from '../program/lb/load-balancer.ts'
import type { LoadBalancerSpec } from '../program/spec.ts'
import type { Config } from './schema/config.ts'

/** Writes a config as YAML. */
export function printConfig(config: Config): string {
  return stringify(config, { lineWidth: 100 })
}

/** The pipelines that a load balancer has, in two forms; `path` is what the graphs call it. */
export function graphOf(
  path: string,
  spec: LoadBalancerSpec,
): { graph: ModuleGraph; flow: FlowModule[] } {
  const pipelines = sketchConfiguration(loadBalancer(spec, { context: null }))
  return { graph: drawGraph(path, pipelines), flow: drawFlow([{ path, pipelines }]) }
}
