import type { FilterDefinition, ParameterDoc } from '../engine/definition.ts'
import { SESSION_ERRORS } from '../engine/errors.ts'
import { SCRIPT_TYPES } from './script-types.ts'

const HEADER = `// Written by "sluice types", for completion and checks in editors. Context variables can be
// anything; the rest is what this version of Sluice has.

`

type MethodDoc = Pick<FilterDefinition, 'name' | 'description' | 'parameters'>

/** The methods of `pipy()` that are no filters: each begins a pipeline. */
export const ENTRY_DOCS: readonly MethodDoc[] = [
  {
    name: 'listen',
    description: 'Opens a pipeline whose sessions are connections accepted on a port',
    parameters: [
      { name: 'port', type: 'number | string', doc: 'Number of the port; 0 for any that is free' },
      {
        name: 'options',
        type: 'ListenOptions',
        doc: 'host, reuse, tls, httpLenientLf, limits, timeouts',
        isOptional: true,
      },
    ],
  },
  {
    name: 'pipeline',
    description: 'Opens a pipeline that filters refer to by its name',
    parameters: [{ name: 'name', type: 'string', doc: 'Name of the pipeline' }],
  },
  {
    name: 'task',
    description: 'Opens a pipeline that runs at an interval',
    parameters: [
      { name: 'interval', type: 'number | string', doc: "Seconds, or a text such as '5m'" },
    ],
  },
]

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
  const methods = [...ENTRY_DOCS, ...filters].map(renderMethod).join('')
  const names = [...new Set(variables)].sort().map((name) => `declare let ${name}: any\n`)
  const context = names.length === 0 ? '' : `\n// Context variables.\n${names.join('')}`
  return (
    `${HEADER}${SCRIPT_TYPES.replace(' @SESSION_ERRORS@', errors)}\n` +
    '/** A program in the making: pipelines, each a chain of filters. */\n' +
    `interface Configuration {\n${methods}}\n${context}`
  )
}

function renderMethod({ name, description, parameters }: MethodDoc): string {
  const docs = parameters.map((parameter) => `   * @param ${parameter.name} ${parameter.doc}\n`)
  const comment =
    docs.length === 0
      ? `  /** ${description}. */\n`
      : `  /**\n   * ${description}.\n${docs.join('')}   */\n`
  return `${comment}  ${renderSignature({ name, parameters })}: this\n`
}

/** Writes a method as `name(parameter: type)`. */
export function renderSignature({
  name,
  parameters,
}: Pick<MethodDoc, 'name' | 'parameters'>): string {
  return `${name}(${parameters.map(renderParameter).join(', ')})`
}

function renderParameter({ name, type, isOptional, isRest }: ParameterDoc): string {
  if (isRest) return `...${name}: ${type}[]`
  if (!isOptional) return `${name}: ${type}`
  // Optional arguments may be given as null.
  return `${name}?: ${/^\([^)]*\) =>/.test(type) ? `(${type})` : type} | null`
}
