import { AdminClient, CLIENT_OPTIONS } from './control/admin-client.ts'
import { type HelpPage, renderHelp } from './help.ts'
import { parseOptions } from './option-table.ts'
import { printProblems } from './print-problems.ts'
import { UsageError } from './usage-error.ts'

const HELP: HelpPage = {
  usage: ['sluice reload [options]'],
  about:
    'Has a running process load its script or config again. The command ends when new connections ' +
    'enter the new program; one that is wrong changes nothing, and the command fails.',
  sections: [{ title: 'Options', options: CLIENT_OPTIONS }],
  examples: [],
}

/** `sluice reload`: loads the program of a running process again, and tells how that went. */
export async function runReloadCommand(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, CLIENT_OPTIONS)
  if (options.isSet('help')) {
    process.stdout.write(renderHelp(HELP))
    return
  }
  const [extra] = options.positionals
  if (extra !== undefined) throw new UsageError(`unexpected argument: ${extra}`)
  // The shape is what the API documents.
  const listeners = await new AdminClient(options)
    .call('POST', '/api/v1/config/reload')
    .catch(async (error) => {
      await printProblems(error, process.cwd())
      throw error
    })
  process.stdout.write(`Reloaded, listening on ${(listeners as string[]).join(', ')}\n`)
}
