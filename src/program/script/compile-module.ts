import type { Identifier } from 'acorn'
import MagicString from 'magic-string'
import type { AssumedVariable, CompiledModule, ScriptWarning } from './compiled-module.ts'
import { CONTEXT_SPECIALS, JAVASCRIPT_GLOBALS, REALM_GLOBALS, SCRIPT_GLOBALS } from './globals.ts'
import { parseScript } from './parse-script.ts'
import { packPositions } from './position-table.ts'
import { type NameMeaning, Rewriter } from './rewriter.ts'
import { ScriptError } from './script-error.ts'
import { placeOf } from './source-text.ts'
import { surveyScript } from './survey.ts'

/** A script file to compile. */
export interface ModuleSource {
  /** Path from the program's root, with a leading slash. */
  readonly path: string
  readonly text: string
  /** Names of globals that the engine supplies beyond those every script has. */
  readonly extraGlobals?: readonly string[]
}

/**
 * Compiles one script file to JavaScript. Throws a `ScriptError` when the text does not parse or
 * uses an identifier that is neither a local, nor a context variable, nor a global.
 *
 * Context variables are those listed in the object literals of the script's `pipy({ … })` calls.
 * When one of them is given something else (a spread, a computed key, a variable), only evaluation
 * can tell: every otherwise unknown identifier is then taken for a context variable and listed in
 * `assumed`, and `ModuleScope.declare` checks the list.
 */
export function compileModule(module: ModuleSource): CompiledModule {
  try {
    return compile(module)
  } catch (error) {
    // The parser and the tree walks recurse.
    if (!(error instanceof RangeError)) throw error
    throw new ScriptError('syntax', 'the script is nested too deeply', module.path)
  }
}

function compile({ path, text, extraGlobals = [] }: ModuleSource): CompiledModule {
  // A byte-order mark is no part of the expression, and would shift the columns of the first line.
  const source = text.replace(/^\uFEFF/, '')
  const statement = parseScript(path, source)
  const survey = surveyScript(statement)
  const globals = new Set([...SCRIPT_GLOBALS, ...extraGlobals])
  const variables = survey.variables && new Set(survey.variables.map(({ name }) => name))
  const cellName = unusedName('$', survey.identifiers)
  const helperName = unusedName('$u', survey.identifiers)
  const parameters = new Set<string>()
  const assumed: AssumedVariable[] = []
  const warnings: ScriptWarning[] = []

  const fail = (message: string, offset: number): never => {
    throw ScriptError.at('reference', message, path, source, offset)
  }
  const warn = (message: string, offset: number): void => {
    warnings.push({ message, ...placeOf(source, offset) })
  }

  const resolve = ({ name, start }: Identifier, isWritten: boolean): NameMeaning => {
    if (CONTEXT_SPECIALS.has(name)) {
      if (isWritten) fail(`cannot assign to ${name}, which is read-only`, start)
      if (name === '__filename') return { kind: 'constant', code: JSON.stringify(path) }
      return { kind: 'variable', code: `${cellName}.v.${name}` }
    }
    const variable: NameMeaning = { kind: 'variable', code: `${cellName}.v.${name}` }
    const isGlobal = globals.has(name)
    if (!isGlobal && variables?.has(name)) return variable
    if (isGlobal || JAVASCRIPT_GLOBALS.has(name)) {
      // What a script overwrites becomes its own: the realm is shared with everything else.
      if (isWritten || !REALM_GLOBALS.has(name)) parameters.add(name)
      return { kind: 'global' }
    }
    if (variables !== null) fail(`unresolved identifier ${name}`, start)
    assumed.push({ name, offset: start })
    return variable
  }

  for (const { name, offset } of survey.variables ?? []) {
    if (globals.has(name) || CONTEXT_SPECIALS.has(name)) {
      warn(`context variable ${name} cannot be reached: the name is taken by a global`, offset)
    }
  }
  if (survey.awaitOffset >= 0) {
    warn('after await, context variables are those of no context', survey.awaitOffset)
  }

  const code = new MagicString(source)
  const { expression } = statement
  // The text outside of the expression is comments, a first line for the shell, a semicolon.
  if (expression.start > 0) code.update(0, expression.start, 'return (')
  else code.appendRight(0, 'return (')
  new Rewriter(code, { helpers: helperName, resolve, fail }).rewrite(expression)
  if (expression.end < source.length) code.update(expression.end, source.length, '\n)')
  else code.append('\n)')

  return {
    path,
    source,
    code: code.toString(),
    parameters: [cellName, helperName, ...parameters],
    globals: [...parameters],
    variables: variables && [...variables],
    assumed,
    uses: survey.uses,
    hasComputedUse: survey.hasComputedUse,
    positions: packPositions(code.generateDecodedMap({ hires: 'boundary' }).mappings),
    warnings,
  }
}

function unusedName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  for (let i = 1; taken.has(name); i++) name = `${wanted}${i}`
  return name
}
