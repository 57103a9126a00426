import { compileModule } from '../../../../src/program/script/compile-module.ts'
import { instantiateModule } from '../../../../src/program/script/instantiate.ts'
import { ModuleScope } from '../../../../src/program/script/scope.ts'

/** A stand-in for a configuration: remembers the variables and the callbacks given to `on`. */
class Configuration {
  readonly variables: Record<string, unknown>
  readonly callbacks: ((...args: unknown[]) => unknown)[] = []

  constructor(variables: Record<string, unknown> = {}) {
    this.variables = variables
  }

  on(callback: (...args: unknown[]) => unknown): this {
    this.callbacks.push(callback)
    return this
  }
}

/** A loaded script whose callbacks can be called in contexts. */
export interface LoadedScript {
  readonly scope: ModuleScope
  /** Calls callback `index` in the context that has `variables`. */
  call(variables: object, index?: number, ...args: unknown[]): unknown
}

/** Loads a whole script. */
export function loadScript(text: string, globals: Record<string, unknown> = {}): LoadedScript {
  const compiled = compileModule({ path: '/main.js', text, extraGlobals: Object.keys(globals) })
  const scope = new ModuleScope(compiled)
  const pipy = (variables?: Record<string, unknown>) => new Configuration(variables)
  const value = instantiateModule(compiled, scope.cell, { pipy, ...globals }) as Configuration
  scope.declare(value.variables)
  return {
    scope,
    call: (variables, index = 0, ...args) => {
      scope.enter(variables)
      try {
        return value.callbacks[index]?.(...args)
      } finally {
        scope.enter(undefined)
      }
    },
  }
}

/** Evaluates the body of a callback in a fresh context: its value, and the variables afterwards. */
export function run(
  body: string,
  variables = '{}',
  ...args: unknown[]
): { value: unknown; variables: Record<string, unknown> } {
  const script = loadScript(`pipy(${variables}).on((...args) => ${body})`)
  const vars = script.scope.create(null)
  return { value: script.call(vars, 0, ...args), variables: vars }
}

/** The value of a callback's body, see `run`. */
export function evaluate(body: string, variables = '{}', ...args: unknown[]): unknown {
  return run(body, variables, ...args).value
}
