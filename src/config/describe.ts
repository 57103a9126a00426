import { stringify } from 'yaml'
import { buildModuleGraph, type ModuleGraph } from '../program/graph.ts'
import { loadBalancer } from '../program/lb/load-balancer.ts'
import type { LoadBalancerSpec } from '../program/spec.ts'
import type { Config } from './schema/config.ts'

/** Writes a config as YAML. */
export function printConfig(config: Config): string {
  return stringify(config, { lineWidth: 100 })
}

/** The pipelines that a load balancer has; `path` is what the graph calls it. */
export function graphOf(path: string, spec: LoadBalancerSpec): ModuleGraph {
  return buildModuleGraph(path, loadBalancer(spec, { context: null }))
}
