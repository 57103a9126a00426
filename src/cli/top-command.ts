import { constants } from 'node:os'
import { emitKeypressEvents } from 'node:readline'
import type { Stats } from '../orchestrator/metrics/stats.ts'
import { AdminClient, CLIENT_OPTIONS } from './control/admin-client.ts'
import { renderStats } from './control/render-stats.ts'
import { type HelpPage, renderHelp } from './help.ts'
import { type OptionSpec, parseOptions } from './option-table.ts'
import { UsageError } from './usage-error.ts'

const OPTIONS: readonly OptionSpec[] = [
  { name: 'once', doc: 'Print one second and end; for scripts.' },
  ...CLIENT_OPTIONS,
]

const HELP: HelpPage = {
  usage: ['sluice top [options]'],
  about:
    'Shows what a running process does, second by second: requests, latencies, workers, ' +
    'endpoints, routes and listeners. q ends it.',
  sections: [{ title: 'Options', options: OPTIONS }],
  examples: [{ command: 'sluice top --once', doc: 'One look' }],
}

/** Terminals tell no size when they are none. */
const DEFAULT_COLUMNS = 80
const DEFAULT_ROWS = 24

/** What shells report of a process that a signal has ended. */
const SIGNAL_STATUS = 128

const ENTER = '\x1b[?1049h\x1b[?25l'
const LEAVE = '\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
const CLEAR_LINE = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'

/** `sluice top`: a live view of a running process. */
export async function runTopCommand(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS)
  if (options.isSet('help')) {
    process.stdout.write(renderHelp(HELP))
    return
  }
  const [extra] = options.positionals
  if (extra !== undefined) throw new UsageError(`unexpected argument: ${extra}`)
  const events = new AdminClient(options).events('stats')
  const { isTTY, columns = DEFAULT_COLUMNS } = process.stdout
  // Pipes and files have no width.
  const width = isTTY ? columns : Infinity
  if (options.isSet('once') || !isTTY) {
    for await (const stats of events) {
      // The API's events are of this shape.
      process.stdout.write(`${renderStats(stats as Stats, width, Infinity).join('\n')}\n`)
      if (options.isSet('once')) break
      process.stdout.write('\n')
    }
    return
  }
  await show(events)
}

async function show(events: AsyncGenerator<unknown>): Promise<void> {
  const { stdin, stdout } = process
  let last: Stats | undefined
  const draw = (): void => {
    if (last === undefined) return
    const { columns = DEFAULT_COLUMNS, rows = DEFAULT_ROWS } = stdout
    const lines = renderStats(last, columns, rows)
    stdout.write(`${HOME}${lines.join(`${CLEAR_LINE}\r\n`)}${CLEAR_LINE}${CLEAR_BELOW}`)
  }
  const leave = (): void => {
    stdout.write(LEAVE)
  }
  stdout.write(ENTER)
  stdout.on('resize', draw)
  process.once('exit', leave)
  quitOnKey()
  quitOnSignals()
  try {
    for await (const stats of events) {
      last = stats as Stats
      draw()
    }
  } finally {
    stdin.setRawMode?.(false)
    stdin.pause()
    // What is wrong is told on the screen that stays.
    process.off('exit', leave)
    leave()
  }
}

/** A signal would end the process as it is, with the terminal on the other screen. */
function quitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(SIGNAL_STATUS + constants.signals[signal]))
  }
}

function quitOnKey(): void {
  const { stdin } = process
  if (!stdin.isTTY) return
  stdin.setRawMode(true)
  emitKeypressEvents(stdin)
  stdin.on('keypress', (_text, key: { name?: string; ctrl?: boolean }) => {
    if (key.name === 'q' || (key.ctrl === true && key.name === 'c')) process.exit(0)
  })
}
