import { Layout } from '../engine/layout.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { Configuration, Entry } from './configuration.ts'

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
  for (const { entry, stages } of configuration.pipelines) {
    if (entry.kind === 'pipeline') {
      runtime.addLayout(new Layout(runtime, entry.name, module, stages))
      continue
    }
    const name = entry.kind === 'listen' ? `Listen on port ${entry.port}` : `Task #${++tasks}`
    roots.push({ layout: new Layout(runtime, name, module, stages), entry })
  }
  return roots
}

/** Throws for a reference to a pipeline that does not exist, or that leads back to itself. */
export function checkTargets(configuration: Configuration): void {
  const targetsOf = new Map<string, readonly string[]>()
  for (const { entry, targets } of configuration.pipelines) {
    if (entry.kind === 'pipeline') targetsOf.set(entry.name, targets)
  }
  const visit = (targets: readonly string[], path: readonly string[]): void => {
    for (const name of targets) {
      const next = targetsOf.get(name)
      if (next === undefined) throw new Error(`pipeline not found: ${name}`)
      if (path.includes(name)) throw new Error(`recursive pipeline: ${name}`)
      visit(next, [...path, name])
    }
  }
  for (const { entry, targets } of configuration.pipelines) {
    visit(targets, entry.kind === 'pipeline' ? [entry.name] : [])
  }
}
