import { StartError } from '../orchestrator/start-error.ts'
import { UsageError } from './usage-error.ts'

const EXIT_FAILURE = 1
const EXIT_USAGE = 2

/** Runs the command line; sets the exit status and never throws. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    await runCommand(args)
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`sluice: ${error.message} (see sluice ${helpTopic(args)}--help)\n`)
      process.exitCode = EXIT_USAGE
    } else {
      const text = error instanceof StartError ? error.message : describeBug(error)
      process.stderr.write(`sluice: ${text}\n`)
      process.exitCode = EXIT_FAILURE
    }
  }
}

/** Each command's modules are loaded only when it runs: starting quickly is a feature. */
async function runCommand(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args
  switch (command) {
    case 'lb': {
      const { runLbCommand } = await import('./lb-command.ts')
      return runLbCommand(rest)
    }
    case 'demo': {
      const { runDemoCommand } = await import('./demo-command.ts')
      return runDemoCommand(rest)
    }
    default: {
      const { runScriptCommand } = await import('./script-command.ts')
      return runScriptCommand(args)
    }
  }
}

function helpTopic([command]: readonly string[]): string {
  return command === 'lb' || command === 'demo' ? `${command} ` : ''
}

function describeBug(error: unknown): string {
  return error instanceof Error && error.stack !== undefined ? error.stack : String(error)
}
