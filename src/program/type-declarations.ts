import type { FilterDefinition, ParameterDoc } from '../engine/definition.ts'
import { SESSION_ERRORS } from '../engine/errors.ts'
import { SCRIPT_TYPES } from './script-types.ts'

const HEADER = `// Written by "sluice types", for completion and checks in editors. Context variables can be
// anything; the rest is what this version of Sluice has.

`

/** The methods of `pipy()` that are no filters. */
const ENTRIES = `  /** Opens a pipeline whose sessions are connections accepted on a port. */
  listen(port: number | string, options?: ListenOptions | null): this
  /** Opens a pipeline that filters refer to by its name. */
  pipeline(name: string): this
  /** Opens a pipeline that runs at an interval: seconds, or a text such as '5m'. */
  task(interval: number | string): this
`

/**
 * Renders the TypeScript declarations of everything that scripts see: a method for each filter, from
 * its definition; the classes; and the context variables of the scripts at hand.
 */
export function renderTypeDeclarations(
  filters: Iterable<FilterDefinition>,
  variables: Iterable<string>,
): string {
  const errors = Object.keys(SESSION_ERRORS)
    .map((code) => `\n  | '${code}'`)
    .join('')
  const methods = [...filters].map(renderFilter).join('')
  const names = [...new Set(variables)].sort().map((name) => `declare let ${name}: any\n`)
  const context = names.length === 0 ? '' : `\n// Context variables.\n${names.join('')}`
  return (
    `${HEADER}${SCRIPT_TYPES.replace(' @SESSION_ERRORS@', errors)}\n` +
    '/** A program in the making: pipelines, each a chain of filters. */\n' +
    `interface Configuration {\n${ENTRIES}${methods}}\n${context}`
  )
}

function renderFilter({ name, description, parameters }: FilterDefinition): string {
  const docs = parameters.map((parameter) => `   * @param ${parameter.name} ${parameter.doc}\n`)
  const comment =
    docs.length === 0
      ? `  /** ${description}. */\n`
      : `  /**\n   * ${description}.\n${docs.join('')}   */\n`
  return `${comment}  ${name}(${parameters.map(renderParameter).join(', ')}): this\n`
}

function renderParameter({ name, type, isOptional, isRest }: ParameterDoc): string {
  if (isRest) return `...${name}: ${type}[]`
  if (!isOptional) return `${name}: ${type}`
  // Optional arguments may be given as null.
  return `${name}?: ${/^\([^)]*\) =>/.test(type) ? `(${type})` : type} | null`
}
