import { compileProgram } from './script/compile-program.ts'
import type { CompiledModule } from './script/compiled-module.ts'
import { evaluateModule, type ScriptGlobals } from './script/instantiate.ts'
import { recordUses } from './script/record-uses.ts'
import { formatScriptError, ScriptError } from './script/script-error.ts'
import type { ListenSpec, ScriptSpec } from './spec.ts'

/** Compiles a script with all modules that it uses, and evaluates it to see where it listens. */
export function loadScript(file: string): ScriptSpec {
  const globals: ScriptGlobals = {}
  const program = compileProgram(file, { findUses: (compiled) => recordUses(compiled, globals) })
  const listen = program.modules.flatMap((compiled) => recordListens(compiled, globals))
  return { kind: 'script', listen, program }
}

/** Renders what `loadScript` threw as log lines. */
export function describeLoadError(error: unknown): string[] {
  if (error instanceof ScriptError) return formatScriptError(error)
  return [`[pjs] Error: ${error instanceof Error ? error.message : String(error)}`]
}

function recordListens(compiled: CompiledModule, globals: ScriptGlobals): ListenSpec[] {
  const listens: ListenSpec[] = []
  const configuration: object = new Proxy(
    {},
    {
      get:
        (_, method) =>
        (...args: unknown[]): object => {
          if (method === 'listen') listens.push({ host: '0.0.0.0', port: Number(args[0]) })
          return configuration
        },
    },
  )
  evaluateModule(compiled, { ...globals, pipy: () => configuration })
  return listens
}
