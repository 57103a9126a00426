import { type ExpressionStatement, type Program, parse } from 'acorn'
import { ScriptError } from './script-error.ts'

/**
 * Parses a script file, which is one expression, maybe followed by a semicolon. Anything else is a
 * `ScriptError` that points at the first thing too many.
 */
export function parseScript(path: string, text: string): ExpressionStatement {
  const fail = (message: string, offset: number): never => {
    throw ScriptError.at('syntax', message, path, text, offset)
  }
  let program: Program
  try {
    // The grammar of V8 11, which the oldest supported Node has.
    program = parse(text, {
      ecmaVersion: 2023,
      sourceType: 'script',
      allowHashBang: true,
      preserveParens: true,
    })
  } catch (error) {
    if (error instanceof SyntaxError && 'pos' in error && typeof error.pos === 'number') {
      return fail(lowerFirst(error.message.replace(/ \(\d+:\d+\)$/, '')), error.pos)
    }
    throw error
  }
  let expression: ExpressionStatement | undefined
  for (const statement of program.body) {
    if (statement.type === 'EmptyStatement' && expression !== undefined) continue
    if (statement.type !== 'ExpressionStatement') {
      return fail('a script is one expression: statements are not supported here', statement.start)
    }
    if (expression !== undefined) {
      return fail('a script is one expression: unexpected text after its end', statement.start)
    }
    expression = statement
  }
  return expression ?? fail('a script is one expression: there is none', text.length)
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
