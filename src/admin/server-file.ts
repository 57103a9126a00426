import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { logger } from '../observability/logger.ts'

/** What a client on this machine needs to know about a running admin API. */
export interface KnownServer {
  readonly url: string
  readonly token: string
  readonly pid: number
}

/**
 * Leaves a file, readable by its owner only, by which commands of the same user find the server, until
 * the process ends. Returns its path; `undefined`, with a warning, where it cannot be written: a
 * container may have no place for it, and the server needs none.
 */
export function rememberServer(server: KnownServer): string | undefined {
  try {
    const file = join(ensureFolder(), `${server.pid}.json`)
    rmSync(file, { force: true })
    writeFileSync(file, `${JSON.stringify(server)}\n`, { mode: 0o600, flag: 'wx' })
    process.once('exit', () => forgetServer(file))
    return file
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    logger.warn(`[admin] commands need --admin ${server.url} to find this process: ${reason}`)
    return undefined
  }
}

export function forgetServer(file: string | undefined): void {
  if (file !== undefined) rmSync(file, { force: true })
}

/** The servers of this user's living processes; files of dead ones are removed. */
export function knownServers(): KnownServer[] {
  const folder = folderPath()
  if (!isOurs(folder)) return []
  return readdirSync(folder).flatMap((name) => {
    const file = join(folder, name)
    const server = readServer(file)
    if (server !== undefined && isAlive(server.pid)) return [server]
    forgetServer(file)
    return []
  })
}

function folderPath(): string {
  const { XDG_RUNTIME_DIR: runtime } = process.env
  if (runtime !== undefined && runtime !== '') return join(runtime, 'sluice')
  return join(tmpdir(), `sluice-${process.getuid?.() ?? 0}`)
}

/** Nobody else may put files there, or read ours. */
function ensureFolder(): string {
  const folder = folderPath()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!isOurs(folder)) throw new Error(`${folder} belongs to somebody else, or others may use it`)
  return folder
}

function isOurs(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  if (stat === undefined || !stat.isDirectory()) return false
  return stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0
}

function readServer(file: string): KnownServer | undefined {
  try {
    const { url, token, pid } = JSON.parse(readFileSync(file, 'utf8')) as Partial<KnownServer>
    if (typeof url === 'string' && typeof token === 'string' && typeof pid === 'number')
      return { url, token, pid }
  } catch {
    // Another process is just writing or removing it.
  }
  return undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
