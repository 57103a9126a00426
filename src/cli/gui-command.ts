import { statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { isConfigFile } from '../config/config-file.ts'
import { configureLogger, logger } from '../observability/logger.ts'
import { stdoutSink } from '../observability/stdout-sink.ts'
import type { RunnableProgram, RunnableSource } from '../orchestrator/program-runner.ts'
import { readRunOptions } from './common-options.ts'
import type { ParsedOptions } from './option-table.ts'
import { parseAddress } from './parse-address.ts'
import { defaultsOf } from './process-section.ts'
import { withSharedPorts } from './shared-ports.ts'
import { UsageError } from './usage-error.ts'
import { readVersion } from './version.ts'

/**
 * `sluice --gui-port=6060 [directory or program]`: serves the web UI until a signal ends the process.
 * A program that is named starts at once; one that is wrong can be mended in the UI.
 */
export async function runGui(
  path: string,
  options: ParsedOptions,
  loadTimeoutMs: number,
): Promise<void> {
  const { host, port } = guiAddress(options)
  const run = readRunOptions(options, { workers: 1 })
  configureLogger({ level: run.logLevel, sink: stdoutSink(run.logFormat) })
  const { ProgramRunner } = await import('../orchestrator/program-runner.ts')
  const { handleSignals } = await import('../orchestrator/signals.ts')
  const { ServiceManager } = await import('../orchestrator/service-manager.ts')
  const manager = new ServiceManager(process.env)
  const runner = new ProgramRunner()
  handleSignals(manager, run.drainTimeoutMs, {
    orchestrator: () => runner.orchestrator,
    // What is wrong with it is logged.
    reload: () => void runner.restart().catch(() => {}),
  })
  const open = (file: string, name: string): RunnableSource => ({
    kind: isConfigFile(file) ? 'config' : 'script',
    path: name,
    file,
    folder: dirname(file),
    isWatched: options.isSet('watch'),
    load: () => load(file, options, loadTimeoutMs),
  })
  const isFolder = statSync(path).isDirectory()
  const { startGui } = await import('../admin/gui-server.ts')
  const control = await startGui(runner, {
    ...{ host, port, open, loadTimeoutMs },
    root: isFolder ? path : dirname(path),
    isReadonly: options.isSet('gui-readonly'),
    version: readVersion(),
  })
  if (run.admin !== undefined) {
    const { startAdminApi } = await import('../admin/admin-api.ts')
    await startAdminApi(control, run.admin)
  }
  if (!isFolder) await runner.start(open(path, `/${basename(path)}`)).catch(() => {})
  manager.ready()
  logger.flush()
}

async function load(
  file: string,
  options: ParsedOptions,
  loadTimeoutMs: number,
): Promise<RunnableProgram> {
  const { loadConfigInJob, loadScriptInJob } = await import('../orchestrator/load-in-job.ts')
  if (isConfigFile(file)) {
    const loaded = withSharedPorts(await loadConfigInJob(file, loadTimeoutMs), options)
    const { spec, files, graph, flow, config } = loaded
    const run = readRunOptions(options, defaultsOf(config.process))
    return { spec, files, graphs: [graph], flow, options: run, log: () => {} }
  }
  const { logScript } = await import('../orchestrator/log-script.ts')
  const script = withSharedPorts(await loadScriptInJob(file, loadTimeoutMs), options)
  const { spec, files, graphs, flow } = script
  const run = readRunOptions(options, { workers: 1 })
  return { spec, files, graphs, flow, options: run, log: () => logScript(script) }
}

function guiAddress(options: ParsedOptions): { host: string; port: number } {
  const text = options.value('gui-port') ?? ''
  const { host, port, path } = parseAddress(text, '--gui-port', '127.0.0.1')
  if (path !== undefined)
    throw new UsageError(`--gui-port ${text}: want [host:]port or [ipv6]:port`)
  return { host, port }
}
