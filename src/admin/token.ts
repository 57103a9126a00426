import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { StartError } from '../orchestrator/start-error.ts'

const TOKEN_BYTES = 24
/** Shorter ones can be guessed. */
const SHORTEST_TOKEN = 16

/** Makes a token that nobody can guess, of characters that need no quoting. */
export function createToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** Throws `StartError` when there is a file for the token, and it is no good. */
export function checkTokenFile(path: string): void {
  try {
    readToken(path)
  } catch (error) {
    if (!isMissing(error)) throw explain(path, error)
  }
}

/**
 * The token of a file, which is made with a fresh one, readable by its owner only, if it does not
 * exist. Throws `StartError` when it cannot be read or is too short.
 */
export function tokenOfFile(path: string): string {
  try {
    return readToken(path)
  } catch (error) {
    if (!isMissing(error)) throw explain(path, error)
  }
  const token = createToken()
  try {
    writeFileSync(path, `${token}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    throw explain(path, error)
  }
  return token
}

function readToken(path: string): string {
  const token = readFileSync(path, 'utf8').trim()
  if (/^[\x21-\x7e]+$/.test(token) && token.length >= SHORTEST_TOKEN) return token
  throw new StartError(
    `token file ${path}: want one line of at least ${SHORTEST_TOKEN} characters without spaces`,
  )
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function explain(path: string, error: unknown): StartError {
  if (error instanceof StartError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  const reason = code === 'EISDIR' ? 'is a folder' : code
  return new StartError(`token file ${path}: ${reason}`)
}
