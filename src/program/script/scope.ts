import { compileFunction } from 'node:vm'
import type { CompiledModule } from './compiled-module.ts'
import { CONTEXT_SPECIALS } from './globals.ts'
import { ScriptError } from './script-error.ts'

/** The variables of one module in one context. */
export type Variables = Record<string, unknown>

/** What compiled code reads its context variables through; `v` is switched around callbacks. */
export interface ScopeCell {
  v: Variables
}

// Reading a variable while no context is running is an error, and so is writing one.
const NO_CONTEXT: Variables = new Proxy<Variables>(Object.create(null), {
  get: (_, name) => outsideOfContext(name),
  set: (_, name) => outsideOfContext(name),
})

/** Makes a cell in which no context is running. */
export function createCell(): ScopeCell {
  return { v: NO_CONTEXT }
}

/** The functions that `ModuleScope` generates for one module. */
interface VariableFactory {
  create(inbound: unknown, argv: unknown): Variables
  clone(from: Variables): Variables
}

/**
 * The context variables of one module on one thread: which context's are current, and how those of
 * a new context are made.
 *
 *     const scope = new ModuleScope(compiled)
 *     const configuration = instantiateModule(compiled, scope.cell, globals)
 *     scope.declare(initial)             what the script gave to `pipy({ … })`
 *     scope.enter(scope.create(inbound))  before a callback
 */
export class ModuleScope {
  readonly cell: ScopeCell = createCell()
  readonly #compiled: CompiledModule
  #factory: VariableFactory

  constructor(compiled: CompiledModule) {
    this.#compiled = compiled
    this.#factory = makeFactory(compiled.path, {})
  }

  /**
   * Sets the initial values; called once, before the first context is made. Throws a `ScriptError`
   * when the script uses a name that turns out not to be declared.
   */
  declare(initial: Readonly<Variables>): void {
    const { assumed, path, source } = this.#compiled
    for (const { name, offset } of assumed) {
      if (Object.hasOwn(initial, name)) continue
      throw ScriptError.at('reference', `unresolved identifier ${name}`, path, source, offset)
    }
    this.#factory = makeFactory(path, initial)
  }

  /** Makes `variables` the current ones; without them no context is running. */
  enter(variables: object | undefined): void {
    // The engine hands back what `create` and `clone` gave it.
    this.cell.v = (variables as Variables | undefined) ?? NO_CONTEXT
  }

  /** Variables of a new context: a shallow copy of the initial values. */
  create(inbound: object | null, argv: unknown = null): Variables {
    return this.#factory.create(inbound, argv)
  }

  /** Sets `__argv` in the variables of one context. */
  setArguments(variables: object, argv: readonly unknown[]): void {
    ;(variables as Variables)['__argv'] = argv
  }

  /** Variables of a child context: a copy of the values that `from` has now. */
  clone(from: object): Variables {
    return this.#factory.clone(from as Variables)
  }
}

/**
 * Generates functions that make variables by object literals with the same keys in the same order,
 * so that all variables of a module share one hidden class.
 */
function makeFactory(path: string, initial: Readonly<Variables>): VariableFactory {
  const names = Object.keys(initial).filter((name) => !CONTEXT_SPECIALS.has(name))
  const values = names.map((name) => initial[name])
  // Without brackets, `__proto__` in a literal would set the prototype.
  const keys = names.map((name) => (name === '__proto__' ? '["__proto__"]' : JSON.stringify(name)))
  const literal = (members: string[]): string => `({ ${members.join(', ')} })`
  const created = literal([
    '__filename: path',
    '__argv: argv',
    '__inbound: inbound',
    ...keys.map((key, i) => `${key}: values[${i}]`),
  ])
  const cloned = literal([
    '__filename: path',
    '__argv: from.__argv',
    '__inbound: from.__inbound',
    ...names.map((name, i) => `${keys[i]}: from[${JSON.stringify(name)}]`),
  ])
  const make = compileFunction(
    `return {
      create: (inbound, argv) => ${created},
      clone: (from) => ${cloned},
    }`,
    ['path', 'values'],
  ) as (path: string, values: unknown[]) => VariableFactory
  return make(path, values)
}

function outsideOfContext(name: string | symbol): never {
  throw new ReferenceError(
    `context variable ${String(name)} can only be used in a callback, when a context is running`,
  )
}
