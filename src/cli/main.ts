import { isConfigFile } from '../config/config-file.ts'
import { StartError } from '../orchestrator/start-error.ts'
import { UsageError } from './usage-error.ts'

const EXIT_FAILURE = 1
const EXIT_USAGE = 2
/** For whatever keeps a script from running, as script authors know it. */
const EXIT_SCRIPT = 255

/** Commands by name; anything else is about a script or a config. */
const COMMANDS = ['lb', 'demo', 'types', 'status', 'top', 'workers', 'reload', 'endpoint']

/** Runs the command line; sets the exit status and never throws. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    await runCommand(args)
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`sluice: ${error.message} (see sluice ${helpTopic(args)}--help)\n`)
      process.exitCode = isScript(args) ? EXIT_SCRIPT : EXIT_USAGE
    } else {
      const text = error instanceof StartError ? error.message : describeBug(error)
      process.stderr.write(`sluice: ${text}\n`)
      process.exitCode = isScript(args) ? EXIT_SCRIPT : EXIT_FAILURE
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
    case 'types': {
      const { runTypesCommand } = await import('./types-command.ts')
      return runTypesCommand(rest)
    }
    case 'status': {
      const { runStatusCommand } = await import('./status-command.ts')
      return runStatusCommand(rest)
    }
    case 'top': {
      const { runTopCommand } = await import('./top-command.ts')
      return runTopCommand(rest)
    }
    case 'workers': {
      const { runWorkersCommand } = await import('./workers-command.ts')
      return runWorkersCommand(rest)
    }
    case 'reload': {
      const { runReloadCommand } = await import('./reload-command.ts')
      return runReloadCommand(rest)
    }
    case 'endpoint': {
      const { runEndpointCommand } = await import('./endpoint-command.ts')
      return runEndpointCommand(rest)
    }
    default: {
      const { runScriptCommand } = await import('./script-command.ts')
      return runScriptCommand(args)
    }
  }
}

function helpTopic(args: readonly string[]): string {
  return isCommand(args) ? `${args[0]} ` : ''
}

function isScript(args: readonly string[]): boolean {
  return !isCommand(args) && !args.some(isConfigFile)
}

function isCommand([command = '']: readonly string[]): boolean {
  return COMMANDS.includes(command)
}

function describeBug(error: unknown): string {
  return error instanceof Error && error.stack !== undefined ? error.stack : String(error)
}
