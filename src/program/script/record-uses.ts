import type { CompiledModule } from './compiled-module.ts'
import { evaluateModule, type ScriptGlobals } from './instantiate.ts'

/**
 * Runs a script with a `pipy` that only listens, and returns the module names that reach `use`, in
 * order. `globals` are the script's other globals; what the script does while loading (reading a
 * file, say) really happens.
 */
export function recordUses(compiled: CompiledModule, globals: ScriptGlobals): string[] {
  const names = new Set<string>()
  const configuration: object = new Proxy(
    {},
    {
      get:
        (_, method) =>
        (...args: unknown[]): object => {
          if (method === 'use' && typeof args[0] === 'string') names.add(args[0])
          return configuration
        },
    },
  )
  evaluateModule(compiled, { ...globals, pipy: () => configuration })
  return [...names]
}
