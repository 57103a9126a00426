import type { ModuleReference } from '../../engine/definition.ts'
import { registry } from '../../filters/index.ts'
import { modulePath } from '../script/module-path.ts'
import type { FlowEdge, FlowModule } from './flow-graph.ts'
import type { PipelineSketch } from './sketch.ts'

/** Filters whose pipelines work beside them: what comes out of those goes nowhere. */
const FORKS: ReadonlySet<string> = new Set(['fork', 'mirror'])

/** Ties the pipelines of a program's modules together; the modules are in the order of loading. */
export function drawFlow(
  modules: readonly { path: string; pipelines: readonly PipelineSketch[] }[],
): FlowModule[] {
  const ids = new Map<string, string>()
  for (const { path, pipelines } of modules) {
    for (const [index, { kind, name }] of pipelines.entries()) {
      if (kind === 'pipeline') ids.set(`${path} ${name}`, pipelineId(path, index))
    }
  }
  return modules.map(({ path, pipelines }) => ({
    path,
    pipelines: pipelines.map(({ stages, targets: _, ...pipeline }, index) => {
      const id = pipelineId(path, index)
      const filters = stages.map(({ args, ...stage }, number) => ({
        ...stage,
        id: `${id}.${number}`,
        targets: edgesOf(stage.name, args, path, ids),
      }))
      return { id, ...pipeline, filters }
    }),
  }))
}

export function pipelineId(path: string, index: number): string {
  return `${path}#${index}`
}

function edgesOf(
  name: string,
  args: readonly unknown[],
  path: string,
  ids: ReadonlyMap<string, string>,
): FlowEdge[] {
  const kind = FORKS.has(name) ? 'fork' : 'join'
  const edges: FlowEdge[] = targetsOf(name, args).map((target) => {
    return { kind, to: ids.get(`${path} ${target}`) ?? '', name: target }
  })
  const reference = referenceOf(name, args)
  if (reference === undefined) return edges
  const { module, pipeline } = reference
  const file = modulePath(module) ?? module
  return [
    ...edges,
    { kind, to: ids.get(`${file} ${pipeline}`) ?? '', name: pipeline, module: file },
  ]
}

/** Pipelines of the same module that a filter leads to, as far as its arguments are known. */
export function targetsOf(name: string, args: readonly unknown[]): string[] {
  const definition = registry.get(name)
  try {
    // A script that is being written may have any arguments.
    const targets: readonly unknown[] = definition?.targets?.(args) ?? []
    return targets.filter((target) => typeof target === 'string')
  } catch {
    return []
  }
}

/** The pipeline of another module that a filter leads to. */
export function referenceOf(name: string, args: readonly unknown[]): ModuleReference | undefined {
  const reference = registry.get(name)?.reference?.(args)
  if (typeof reference?.module !== 'string' || typeof reference.pipeline !== 'string')
    return undefined
  return reference
}

/** The same with the paths of all modules below a folder, which is empty for none. */
export function placeFlow(modules: readonly FlowModule[], folder: string): FlowModule[] {
  if (folder === '') return [...modules]
  const place = (path: string): string => (path === '' ? '' : `${folder}${path}`)
  return modules.map(({ path, pipelines }) => ({
    path: place(path),
    pipelines: pipelines.map((pipeline) => ({
      ...pipeline,
      id: place(pipeline.id),
      filters: pipeline.filters.map((filter) => ({
        ...filter,
        id: place(filter.id),
        targets: filter.targets.map((edge) => ({
          ...edge,
          to: place(edge.to),
          ...(edge.module !== undefined && { module: place(edge.module) }),
        })),
      })),
    })),
  }))
}
