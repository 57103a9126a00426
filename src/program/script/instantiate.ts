import { compileFunction } from 'node:vm'
import { ARITHMETIC } from './arithmetic.ts'
import type { CompiledModule } from './compiled-module.ts'
import { REALM_GLOBALS } from './globals.ts'
import { createCell, type ScopeCell } from './scope.ts'
import { ScriptError } from './script-error.ts'

/** Values of the globals that the engine supplies to scripts, by name. */
export type ScriptGlobals = Readonly<Record<string, unknown>>

/** Prefix of the file name under which V8 knows a script, so that its stack frames are told apart. */
export const SCRIPT_URL = 'sluice-script:'

/**
 * Runs a compiled script once and returns the value of its expression. Functions in that value read
 * and write the context variables in `cell`. The code shares the caller's realm, so that
 * `instanceof Array` means the same on both sides.
 */
export function instantiateModule(
  compiled: CompiledModule,
  cell: ScopeCell,
  globals: ScriptGlobals,
): unknown {
  const values = compiled.globals.map((name) => {
    if (Object.hasOwn(globals, name)) return globals[name]
    if (REALM_GLOBALS.has(name)) return Reflect.get(globalThis, name)
    throw new ScriptError('reference', `unresolved identifier ${name}`, compiled.path)
  })
  return load(compiled)(cell, ARITHMETIC, ...values)
}

/** Runs a compiled script where there are no contexts: to look at the configuration it makes. */
export function evaluateModule(compiled: CompiledModule, globals: ScriptGlobals): unknown {
  return instantiateModule(compiled, createCell(), globals)
}

function load(compiled: CompiledModule): (...values: unknown[]) => unknown {
  try {
    return compileFunction(compiled.code, [...compiled.parameters], {
      filename: SCRIPT_URL + compiled.path,
    }) as (...values: unknown[]) => unknown
  } catch (error) {
    // Only where V8's grammar is narrower than the parser's.
    if (error instanceof SyntaxError) throw new ScriptError('syntax', error.message, compiled.path)
    throw error
  }
}
