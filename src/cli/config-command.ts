import { dirname, relative } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { GoodConfig } from '../config/load-config.ts'
import { logger } from '../observability/logger.ts'
import { enterProgramFolder } from '../orchestrator/program-folder.ts'
import type { LoadedProgram } from '../orchestrator/program-source.ts'
import { readRunOptions } from './common-options.ts'
import type { ParsedOptions } from './option-table.ts'
import { printProblems } from './print-problems.ts'
import { defaultsOf, processSection } from './process-section.ts'
import { checkAdmin, startWithAdmin } from './serve-admin.ts'
import { withSharedPorts } from './shared-ports.ts'

/** `sluice lb.yaml`: a load balancer from a config. */
export async function runConfig(
  file: string,
  options: ParsedOptions,
  loadTimeoutMs: number,
): Promise<void> {
  const cwd = process.cwd()
  // Paths in configs are relative to the config.
  enterProgramFolder(dirname(file))
  const { loadConfigInJob } = await import('../orchestrator/load-in-job.ts')
  const load = async (): Promise<GoodConfig> =>
    withSharedPorts(await loadConfigInJob(file, loadTimeoutMs), options)
  const config = await load().catch(async (error) => {
    await printProblems(error, cwd)
    throw error
  })
  const run = readRunOptions(options, defaultsOf(config.config.process))
  if (options.isSet('print-config')) {
    const { printConfig } = await import('../config/print-config.ts')
    const workers = options.isSet('workers') ? run.workers : config.config.process?.workers
    const section = processSection(run, workers)
    process.stdout.write(printConfig({ ...config.config, process: section }))
    return
  }
  if (options.isSet('verify')) {
    await checkAdmin(run)
    const { renderGraph } = await import('../program/graph-text.ts')
    process.stdout.write(`${renderGraph(config.graph).join('\n').trimEnd()}\n\nDone.\n`)
    return
  }
  const { runProgram } = await import('../orchestrator/run-program.ts')
  const source = {
    kind: 'config' as const,
    path: relative(cwd, file),
    isWatched: options.isSet('watch'),
    load: async () => {
      const loaded = await load()
      return toProgram(loaded, unapplied(config.config.process, loaded.config.process))
    },
  }
  const start = () => runProgram(config.spec, run, { source, files: config.files })
  await startWithAdmin(start, run)
}

type ProcessSection = GoodConfig['config']['process']

/** What another config says of the process, which is as the first one said. */
function unapplied(first: ProcessSection, next: ProcessSection): string[] {
  const names = Object.keys({ ...first, ...next }) as (keyof NonNullable<ProcessSection>)[]
  return names.filter((name) => !isDeepStrictEqual(first?.[name], next?.[name]))
}

function toProgram({ spec, files }: GoodConfig, waiting: readonly string[]): LoadedProgram {
  const log = (): void => {
    if (waiting.length === 0) return
    const now = waiting.includes('workers') ? ' ("sluice workers <n>" changes workers now)' : ''
    logger.warn(`[config] process: ${waiting.join(', ')}: in force with the next start${now}`)
  }
  return { spec, files, log }
}
