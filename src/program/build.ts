import { Layout } from '../engine/layout.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { Configuration, Entry, PipelineRecipe } from './configuration.ts'

/** A layout with what starts its sessions. */
export interface RootLayout {
  readonly layout: Layout
  readonly entry: Exclude<Entry, { kind: 'pipeline' }>
}

/**
 * Makes the layouts of one module and adds the named ones to the runtime. Throws when a filter
 * refers to a pipeline that the module does not have.
 */
export function buildModule(
  runtime: Runtime,
  module: number,
  configuration: Configuration,
): RootLayout[] {
  checkTargets(configuration)
  const roots: RootLayout[] = []
  let tasks = 0
  for (const [index, { entry, stages }] of configuration.pipelines.entries()) {
    if (entry.kind === 'pipeline') {
      const layout = new Layout(runtime, entry.name, module, stages)
      layout.index = index
      runtime.addLayout(layout)
      continue
    }
    const name = entry.kind === 'listen' ? `Listen on port ${entry.port}` : `Task #${++tasks}`
    const layout = new Layout(runtime, name, module, stages)
    layout.index = index
    roots.push({ layout, entry })
  }
  return roots
}

/** Throws for a reference to a pipeline that the module does not have, or that leads to itself. */
export function checkTargets(configuration: Configuration): void {
  checkProgram([configuration], null)
}

/**
 * The same for all modules of a program and the references between them. `findModule` gives the
 * index of the module that scripts know by a name, or -1.
 */
export function checkProgram(
  configurations: readonly Configuration[],
  findModule: ((name: string) => number) | null,
): void {
  const named = configurations.map(({ pipelines }) => namedPipelines(pipelines))
  const checked = new Set<PipelineRecipe>()
  const visit = (module: number, recipe: PipelineRecipe, path: readonly PipelineRecipe[]): void => {
    if (path.includes(recipe)) throw new Error(`recursive pipeline: ${nameOf(recipe)}`)
    if (checked.has(recipe)) return
    for (const name of recipe.targets) {
      const next = named[module]?.get(name)
      if (next === undefined) throw new Error(`pipeline not found: ${name}`)
      visit(module, next, [...path, recipe])
    }
    for (const reference of findModule === null ? [] : recipe.references) {
      const index = findModule?.(reference.module) ?? -1
      if (index < 0) throw new Error(`module not found: ${reference.module}`)
      const next = named[index]?.get(reference.pipeline)
      if (next === undefined) {
        throw new Error(`pipeline not found: ${reference.pipeline} in ${reference.module}`)
      }
      visit(index, next, [...path, recipe])
    }
    checked.add(recipe)
  }
  for (const [module, { pipelines }] of configurations.entries()) {
    for (const recipe of pipelines) visit(module, recipe, [])
  }
}

function namedPipelines(pipelines: readonly PipelineRecipe[]): Map<string, PipelineRecipe> {
  const named = new Map<string, PipelineRecipe>()
  for (const recipe of pipelines) {
    if (recipe.entry.kind === 'pipeline') named.set(recipe.entry.name, recipe)
  }
  return named
}

function nameOf({ entry }: PipelineRecipe): string {
  return entry.kind === 'pipeline' ? entry.name : entry.kind
}
