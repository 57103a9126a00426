import { existsSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { isConfigFile } from '../config/config-file.ts'
import { configureLogger, logger } from '../observability/logger.ts'
import { stdoutSink } from '../observability/stdout-sink.ts'
import { LoadError } from '../orchestrator/load-error.ts'
import { enterProgramFolder } from '../orchestrator/program-folder.ts'
import type { GoodScript } from '../program/load-script.ts'
import { HELP_OPTION, RUN_OPTIONS, type RunOptions, readRunOptions } from './common-options.ts'
import { type HelpPage, renderHelp } from './help.ts'
import { type OptionSpec, type ParsedOptions, parseOptions } from './option-table.ts'
import { parseDuration } from './parse-value.ts'
import { checkAdmin, startWithAdmin } from './serve-admin.ts'
import { withSharedPorts } from './shared-ports.ts'
import { UsageError } from './usage-error.ts'

const DEFAULT_LOAD_TIMEOUT_MS = 5000

const SCRIPT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'workers',
    short: 'w',
    aliases: ['threads'],
    value: '<n>',
    doc: 'Number of worker threads. Default: 1 for scripts, one per processor for configs.',
  },
  { name: 'reuse-port', doc: 'Let other processes listen on the same ports.' },
  {
    name: 'load-timeout',
    value: '<time>',
    doc: 'How long loading the script or config may take. Default: 5s.',
  },
  { name: 'watch', doc: 'Load the script or config again when one of its files changes.' },
  { name: 'verify', doc: 'Load it, report what is wrong with it, and open no port.' },
  { name: 'print-config', doc: 'Print a config with all defaults, and open no port.' },
  {
    name: 'gui-port',
    value: '<address>',
    doc:
      'Serve the web UI at port, host:port or [ipv6]:port, for the files of a directory; a port ' +
      'alone is on 127.0.0.1.',
  },
  { name: 'gui-readonly', doc: 'Have the web UI show everything and change nothing.' },
  ...RUN_OPTIONS,
]

const INFO_OPTIONS: readonly OptionSpec[] = [
  HELP_OPTION,
  { name: 'version', short: 'v', doc: 'Print the version.' },
  {
    name: 'list-filters',
    word: 'all',
    doc: 'List the filters that scripts can use; with "all", also those that Pipy has not.',
  },
  {
    name: 'help-filters',
    word: 'all',
    doc: 'Explain the filters and their parameters; the same with "all".',
  },
]

const OPTIONS = [...SCRIPT_OPTIONS, ...INFO_OPTIONS]

const HELP: HelpPage = {
  usage: [
    'sluice lb --listen <address> --to <address> [options]',
    'sluice demo [options]',
    'sluice <config file> [options]',
    'sluice <script file> [options]',
    'sluice --gui-port <address> [<directory or file>] [options]',
    'sluice types [<script file or directory>]',
    'sluice status [options]',
    'sluice top [options]',
    'sluice workers [<n>] [options]',
    'sluice reload [options]',
    'sluice endpoint [drain|enable|disable|weight <address> [<n>]] [options]',
  ],
  about:
    'A programmable load balancer. "lb" balances HTTP or TCP as its options say, a config (.yaml, ' +
    '.json, .config.ts …) says more, "demo" shows it at work, and a script defines pipelines of its ' +
    'own. "sluice lb --help" has the options of lb. "types" writes declarations beside scripts, ' +
    'for completion in editors. The last five look at a running process, or steer it, by its admin ' +
    'API.',
  sections: [
    { title: 'Options for scripts and configs', options: SCRIPT_OPTIONS },
    { title: 'Information', options: INFO_OPTIONS },
  ],
  examples: [
    {
      command: 'sluice lb --listen 8080 --to 127.0.0.1:9001 --to 127.0.0.1:9002',
      doc: 'Balance HTTP over two servers',
    },
    { command: 'sluice lb.yaml --watch', doc: 'Run a config, and each new version of it' },
    { command: 'sluice proxy.js --workers 2', doc: 'Run a script on two threads' },
    { command: 'sluice proxy.js --verify', doc: 'Check a script' },
    {
      command: 'sluice --gui-port=6060 examples',
      doc: 'Edit, run and watch programs in a browser',
    },
  ],
}

/** `sluice script.js`, and what concerns the program as a whole: help and version. */
export async function runScriptCommand(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS)
  if (options.isSet('version')) {
    const { renderVersion } = await import('./version.ts')
    process.stdout.write(renderVersion())
  } else if (options.isSet('help')) {
    process.stdout.write(renderHelp(HELP))
  } else if (options.isSet('help-filters') || options.isSet('list-filters')) {
    await printFilters(options)
  } else {
    await runFile(options)
  }
}

async function printFilters(options: ParsedOptions): Promise<void> {
  const { filters, registry } = await import('../filters/index.ts')
  const { renderFilterHelp, renderFilterList } = await import('./filter-list.ts')
  const name = options.isSet('help-filters') ? 'help-filters' : 'list-filters'
  const names = options.value(name) === 'all' ? registry.keys() : Object.keys(filters)
  const listed = [...names].flatMap((one) => registry.get(one) ?? [])
  process.stdout.write(
    name === 'help-filters' ? renderFilterHelp(listed) : renderFilterList(listed),
  )
}

/** Scripts and configs are told apart by name. */
async function runFile(options: ParsedOptions): Promise<void> {
  // Options are wrong whatever the file is, or says.
  const run = readRunOptions(options, { workers: 1 })
  const loadTimeout = options.value('load-timeout')
  const loadTimeoutMs =
    loadTimeout === undefined ? DEFAULT_LOAD_TIMEOUT_MS : parseDuration('load-timeout', loadTimeout)
  const isOnlyLookedAt = options.isSet('verify') || options.isSet('print-config')
  if (options.isSet('gui-port') && !isOnlyLookedAt) return runWithGui(options, loadTimeoutMs)
  if (options.isSet('gui-readonly')) throw new UsageError('--gui-readonly needs --gui-port')
  const file = programFile(options)
  if (isConfigFile(file)) {
    const { runConfig } = await import('./config-command.ts')
    return runConfig(file, options, loadTimeoutMs)
  }
  if (options.isSet('print-config')) throw new UsageError('a script has no config to print')
  return runScript(file, options, run, loadTimeoutMs)
}

async function runWithGui(options: ParsedOptions, loadTimeoutMs: number): Promise<void> {
  const [name = '.', extra] = options.positionals
  if (extra !== undefined) throw new UsageError(`redundant filename: ${extra}`)
  const path = resolve(name)
  if (!existsSync(path)) throw new UsageError(`file or directory does not exist: ${path}`)
  const { runGui } = await import('./gui-command.ts')
  return runGui(path, options, loadTimeoutMs)
}

async function runScript(
  file: string,
  options: ParsedOptions,
  run: RunOptions,
  loadTimeoutMs: number,
): Promise<void> {
  // Paths in scripts are relative to the script.
  enterProgramFolder(dirname(file))

  configureLogger({ level: run.logLevel, sink: stdoutSink(run.logFormat) })
  const { loadScriptInJob } = await import('../orchestrator/load-in-job.ts')
  const { logPrinted, logScript } = await import('../orchestrator/log-script.ts')
  const load = async (): Promise<GoodScript> =>
    withSharedPorts(await loadScriptInJob(file, loadTimeoutMs), options)
  const script = await load().catch(logLoadError)
  if (options.isSet('verify')) logPrinted(script.printed)
  logScript(script)
  logger.flush()
  if (options.isSet('verify')) {
    await checkAdmin(run)
    process.stdout.write('Done.\n')
    return
  }
  const { runProgram } = await import('../orchestrator/run-program.ts')
  const source = {
    kind: 'script' as const,
    path: `/${basename(file)}`,
    isWatched: options.isSet('watch'),
    load: async () => {
      const { spec, files, ...rest } = await load()
      return { spec, files, log: () => logScript({ spec, files, ...rest }) }
    },
  }
  const start = () => runProgram(script.spec, run, { source, files: script.files })
  await startWithAdmin(start, run)
}

function logLoadError(error: unknown): never {
  if (error instanceof LoadError) for (const line of error.lines) logger.error(line)
  logger.flush()
  throw error
}

function programFile({ positionals }: ParsedOptions): string {
  const [name, extra] = positionals
  if (name === undefined) throw new UsageError('nothing to run: give a script file or a command')
  if (extra !== undefined) throw new UsageError(`redundant filename: ${extra}`)
  const file = resolve(name)
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) throw new UsageError(`file or directory does not exist: ${file}`)
  if (stat.isDirectory()) throw new UsageError('script file not specified')
  return file
}
