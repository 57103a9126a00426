import { statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { configureLogger, logger } from '../observability/logger.ts'
import { writeLogToStdout } from '../observability/stdout-sink.ts'
import { LoadError } from '../orchestrator/load-error.ts'
import type { GoodScript } from '../program/load-script.ts'
import { HELP_OPTION, RUN_OPTIONS, readRunOptions } from './common-options.ts'
import { type HelpPage, renderHelp } from './help.ts'
import { type OptionSpec, type ParsedOptions, parseOptions } from './option-table.ts'
import { parseDuration } from './parse-value.ts'
import { serveAdmin } from './serve-admin.ts'
import { UsageError } from './usage-error.ts'

const DEFAULT_LOAD_TIMEOUT_MS = 5000

const SCRIPT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'workers',
    short: 'w',
    aliases: ['threads'],
    value: '<n>',
    doc: 'Number of worker threads; each has its own variables. Default: 1.',
  },
  { name: 'reuse-port', doc: 'Let other processes listen on the same ports.' },
  {
    name: 'load-timeout',
    value: '<time>',
    doc: 'How long loading the script may take. Default: 5s.',
  },
  { name: 'watch', doc: 'Load the script again when one of its files changes.' },
  { name: 'verify', doc: 'Load the script, report what is wrong with it, and open no port.' },
  {
    name: 'gui-port',
    value: '<port>',
    doc: 'Port of the web UI, which is not part of this build.',
  },
  ...RUN_OPTIONS,
]

const INFO_OPTIONS: readonly OptionSpec[] = [
  HELP_OPTION,
  { name: 'version', short: 'v', doc: 'Print the version.' },
  { name: 'list-filters', doc: 'List the filters that scripts can use.' },
  { name: 'help-filters', doc: 'Explain the filters and their parameters.' },
]

const OPTIONS = [...SCRIPT_OPTIONS, ...INFO_OPTIONS]

const HELP: HelpPage = {
  usage: [
    'sluice lb --listen <address> --to <address> [options]',
    'sluice demo [options]',
    'sluice <script file> [options]',
    'sluice types [<script file or directory>]',
  ],
  about:
    'A programmable load balancer. "lb" balances HTTP or TCP as its options say, "demo" shows ' +
    'it at work, and a script defines pipelines of its own. "sluice lb --help" has the options ' +
    'of lb. "types" writes declarations beside scripts, for completion in editors.',
  sections: [
    { title: 'Options for scripts', options: SCRIPT_OPTIONS },
    { title: 'Information', options: INFO_OPTIONS },
  ],
  examples: [
    {
      command: 'sluice lb --listen 8080 --to 127.0.0.1:9001 --to 127.0.0.1:9002',
      doc: 'Balance HTTP over two servers',
    },
    { command: 'sluice proxy.js --workers 2', doc: 'Run a script on two threads' },
    { command: 'sluice proxy.js --verify', doc: 'Check a script' },
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
    await printFilters(options.isSet('help-filters'))
  } else {
    await runScript(options)
  }
}

async function printFilters(isDetailed: boolean): Promise<void> {
  const { registry } = await import('../filters/index.ts')
  const { renderFilterHelp, renderFilterList } = await import('./filter-list.ts')
  const render = isDetailed ? renderFilterHelp : renderFilterList
  process.stdout.write(render(registry.values()))
}

async function runScript(options: ParsedOptions): Promise<void> {
  const run = readRunOptions(options, 1)
  const loadTimeout = options.value('load-timeout')
  const loadTimeoutMs =
    loadTimeout === undefined ? DEFAULT_LOAD_TIMEOUT_MS : parseDuration('load-timeout', loadTimeout)
  const file = scriptFile(options)
  // Paths in scripts are relative to the script. Only the main thread can change directory.
  process.chdir(dirname(file))

  configureLogger({ level: run.logLevel, sink: writeLogToStdout })
  if (options.isSet('gui-port')) logger.info('[gui] The web UI is not part of this build yet')
  const { loadScriptInJob, logPrinted } = await import('../orchestrator/load-script-in-job.ts')
  const { logScript } = await import('../orchestrator/script-source.ts')
  const load = async (): Promise<GoodScript> => {
    const script = await loadScriptInJob(file, loadTimeoutMs)
    return options.isSet('reuse-port') ? withSharedPorts(script) : script
  }
  const script = await load().catch(logLoadError)
  if (options.isSet('verify')) logPrinted(script.printed)
  logScript(script)
  logger.flush()
  if (options.isSet('verify')) {
    process.stdout.write('Done.\n')
    return
  }
  const { runProgram } = await import('../orchestrator/run-program.ts')
  const source = { path: `/${basename(file)}`, isWatched: options.isSet('watch'), load }
  await serveAdmin(await runProgram(script.spec, run, { source, files: script.files }), run)
}

function logLoadError(error: unknown): never {
  if (error instanceof LoadError) for (const line of error.lines) logger.error(line)
  logger.flush()
  throw error
}

function withSharedPorts(script: GoodScript): GoodScript {
  const listen = script.spec.listen.map((one) => ({ isShared: true, ...one }))
  return { ...script, spec: { ...script.spec, listen } }
}

function scriptFile({ positionals }: ParsedOptions): string {
  const [name, extra] = positionals
  if (name === undefined) throw new UsageError('nothing to run: give a script file or a command')
  if (extra !== undefined) throw new UsageError(`redundant filename: ${extra}`)
  const file = resolve(name)
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) throw new UsageError(`file or directory does not exist: ${file}`)
  if (stat.isDirectory()) throw new UsageError('script file not specified')
  return file
}
