import { basename, dirname, join } from 'node:path'
import { isConfigModule } from '../../config/config-file.ts'
import { loadConfigInJob } from '../../orchestrator/load-in-job.ts'
import { drawFlow, placeFlow } from '../../program/flow/flow.ts'
import type { FlowModule } from '../../program/flow/flow-graph.ts'
import type { PipelineSketch } from '../../program/flow/sketch.ts'
import { sketchScript } from '../../program/flow/sketch-script.ts'
import { ScriptError } from '../../program/script/script-error.ts'
import { HttpError } from '../http-server.ts'
import { kindOf } from './file-kind.ts'
import type { FileStore } from './file-store.ts'
import type { Text } from './verify.ts'

/** A script that uses more modules is drawn without the rest. */
const MAX_MODULES = 64

/**
 * Draws the flow graph of a script or config, a script with the modules that it uses. Only a config
 * that is a module has to run for that, and does so only with `isRun`. Throws a `ScriptError` or
 * `StartError` when the text is wrong.
 */
export async function draw(
  store: FileStore,
  { file, text, root, timeoutMs }: Text,
  isRun: boolean,
): Promise<FlowModule[]> {
  const kind = kindOf(file, () => text)
  if (kind === 'other') throw new HttpError(422, 'no_program', 'neither a script nor a config')
  const prefix = prefixOf(store, file)
  if (kind === 'script') return placeFlow(await drawScript(store, file, text), prefix)
  if (isConfigModule(file) && !isRun)
    throw new HttpError(422, 'not_run', 'a module says nothing before it runs')
  return placeFlow((await loadConfigInJob(file, timeoutMs, text, root)).flow, prefix)
}

/** What stands before the paths of modules, which begin at the program's own folder. */
export function prefixOf(store: FileStore, file: string): string {
  const path = store.pathOf(file) ?? `/${basename(file)}`
  return path.slice(0, path.lastIndexOf('/'))
}

async function drawScript(store: FileStore, file: string, text: string): Promise<FlowModule[]> {
  const path = `/${basename(file)}`
  const modules = [{ path, pipelines: sketchScript(path, text) }]
  // The list grows while it is walked.
  for (const { pipelines } of modules) {
    for (const used of usesOf(pipelines)) {
      if (modules.length >= MAX_MODULES) break
      if (modules.some(({ path }) => path === used)) continue
      const found = await readModule(store, dirname(file), used)
      if (found !== undefined) modules.push({ path: used, pipelines: found })
    }
  }
  return drawFlow(modules)
}

/** Paths of the modules that pipelines lead to. */
function usesOf(pipelines: readonly PipelineSketch[]): string[] {
  return drawFlow([{ path: '', pipelines }])
    .flatMap((module) => module.pipelines.flatMap(({ filters }) => filters))
    .flatMap(({ targets }) => targets.flatMap(({ module }) => module ?? []))
}

async function readModule(
  store: FileStore,
  folder: string,
  path: string,
): Promise<PipelineSketch[] | undefined> {
  const known = store.pathOf(join(folder, path))
  if (known === undefined) return undefined
  try {
    return sketchScript(path, (await store.read(known)).bytes.toString())
  } catch (error) {
    // What is wrong with another file is told where that one is edited.
    if (error instanceof HttpError || error instanceof ScriptError) return undefined
    throw error
  }
}
