import type { Context } from './context.ts'
import type { Filter } from './filter.ts'
import type { Layout } from './layout.ts'

/** One parameter of a filter, for `--help-filters`, the type declarations and the docs. */
export interface ParameterDoc {
  name: string
  /** The TypeScript type that a script may pass. */
  type: string
  doc: string
  isOptional?: boolean
  /** The last parameter may be given any number of times. */
  isRest?: boolean
}

/** A pipeline of another module, as a script names it. */
export interface ModuleReference {
  readonly module: string
  readonly pipeline: string
}

/**
 * What the registry knows of a filter: everything that is printed, checked, typed or drawn comes
 * from here.
 */
export interface FilterDefinition<A extends readonly unknown[] = readonly unknown[]> {
  readonly name: string
  readonly description: string
  readonly parameters: readonly ParameterDoc[]
  /** Names of the pipelines of the same module that the arguments refer to. */
  targets?(args: A): string[]
  /** The pipeline of another module that the arguments refer to. */
  reference?(args: A): ModuleReference
  /** Whether a filter with these arguments tells an endpoint of the client that it works for. */
  tellsOfClient?(args: A): boolean
  /**
   * Called once for each place where a layout uses the filter. Checks the arguments, throwing a
   * TypeError that names the wrong one, and returns what makes the instances; state in between is
   * shared by all sessions of that place on this worker.
   */
  plan(...args: A): FilterPlan
}

/** What makes the instances of a filter at one place of a layout. */
export interface FilterPlan {
  (layout: Layout): Filter
  /** Called once, when the program is built; what it throws keeps the program from being started. */
  open?(layout: Layout): void
}

/** Types a definition by its arguments. */
export function defineFilter<A extends readonly unknown[]>(
  definition: FilterDefinition<A>,
): FilterDefinition<A> {
  return definition
}

/** A parameter that is either a value or a function called in the session's context. */
export type ValueOf<T> = T | (() => T)

/** The value of such a parameter, now. */
export function evaluate<T>(context: Context, value: ValueOf<T>): T {
  if (typeof value !== 'function') return value
  return context.runtime.call(context, value as (none: undefined) => T, undefined)
}
