import { AdminClient, CLIENT_OPTIONS } from './control/admin-client.ts'
import { renderTable } from './control/render-table.ts'
import { type HelpPage, renderHelp } from './help.ts'
import { parseOptions } from './option-table.ts'
import { UsageError } from './usage-error.ts'

const MAX_WORKERS = 256

const HELP: HelpPage = {
  usage: ['sluice workers [<n>] [options]'],
  about:
    'Shows the worker threads of a running process, or changes their number: new ones accept when ' +
    'the command ends, superfluous ones finish their sessions.',
  sections: [{ title: 'Options', options: CLIENT_OPTIONS }],
  examples: [{ command: 'sluice workers 4', doc: 'Four from now on' }],
}

/** What the API's `/workers` answers. */
interface Workers {
  readonly workers: readonly { worker: number; state: string; deaths: number; lastDeath: string }[]
}

/** `sluice workers`: the worker threads of a running process, and their number. */
export async function runWorkersCommand(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, CLIENT_OPTIONS)
  if (options.isSet('help')) {
    process.stdout.write(renderHelp(HELP))
    return
  }
  const [count, extra] = options.positionals
  if (extra !== undefined) throw new UsageError(`unexpected argument: ${extra}`)
  const wanted = count === undefined ? undefined : { count: parseCount(count) }
  const method = wanted === undefined ? 'GET' : 'PUT'
  // The shape is what the API documents.
  const answer = await new AdminClient(options).call(method, '/api/v1/workers', wanted)
  const rows = (answer as Workers).workers.map((one) => [
    String(one.worker),
    one.state,
    String(one.deaths),
    one.lastDeath.split('\n')[0] ?? '',
  ])
  const table = renderTable(['WORKER', 'STATE', 'DEATHS', 'LAST DEATH'], rows, 4)
  process.stdout.write(`${table.join('\n')}\n`)
}

function parseCount(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= MAX_WORKERS) return count
  throw new UsageError(`${text}: want a number of workers from 1 to ${MAX_WORKERS}`)
}
