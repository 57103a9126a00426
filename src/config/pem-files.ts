import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { resolve } from 'node:path'
import { createTlsClient, createTlsServer } from '../net/tls/options.ts'
import { leadsBelow } from './leads-below.ts'
import type { Path, Problem } from './problem.ts'
import type { Config } from './schema/config.ts'
import type { Loose } from './sound-part.ts'

/** Certificates and keys that a config names. */
export interface PemFiles {
  /** Their texts, by the names that the config gives them. */
  readonly texts: Record<string, string>
  /** Their absolute paths. */
  readonly files: string[]
  readonly problems: Problem[]
  /** Sections that name files which were not to be read. */
  readonly unread: ReadonlySet<unknown>
}

/**
 * Reads the certificates and keys of a config, relative to `folder`, and tries whether they fit. With
 * `root`, nothing is said of files that are not below it, and nothing of them is read.
 */
export function readPemFiles(
  config: NonNullable<Loose<Config>>,
  folder: string,
  root?: string,
): PemFiles {
  const reader = new PemReader(folder, root)
  for (const [index, listener] of (config.listeners ?? []).entries()) {
    const tls = listener?.tls ?? undefined
    if (tls === undefined) continue
    const path = ['listeners', index, 'tls']
    const [cert, key] = reader.read(path, tls, 'cert', 'key')
    if (cert === undefined || key === undefined) continue
    reader.attempt(path, () => createTlsServer({ cert, key }))
  }
  for (const [name, upstream] of Object.entries(config.upstreams ?? {})) {
    const tls = upstream?.tls ?? undefined
    if (tls === undefined) continue
    const path = ['upstreams', name, 'tls']
    const before = reader.problems.length
    const [ca, cert, key] = reader.read(path, tls, 'ca', 'cert', 'key')
    if (reader.problems.length > before) continue
    reader.attempt(path, () =>
      createTlsClient({
        verify: tls.verify ?? true,
        ...(ca !== undefined && { ca }),
        ...(cert !== undefined && key !== undefined && { cert, key }),
      }),
    )
  }
  return reader
}

/** A config without TLS where files were not to be read. */
export function withoutUnread(config: Config, unread: ReadonlySet<unknown>): Config {
  const { listeners, upstreams } = config
  return {
    ...config,
    listeners: listeners.map((one) => (unread.has(one.tls) ? { ...one, tls: undefined } : one)),
    upstreams: Object.fromEntries(
      Object.entries(upstreams).map(([name, one]) => {
        return [name, unread.has(one.tls) ? { ...one, tls: undefined } : one]
      }),
    ),
  }
}

class PemReader {
  readonly texts: Record<string, string> = {}
  readonly files: string[] = []
  readonly problems: Problem[] = []
  /** Sections that name files which were not to be read. */
  readonly unread: Set<unknown> = new Set()
  readonly #folder: string
  readonly #root: string | undefined

  constructor(folder: string, root: string | undefined) {
    this.#folder = folder
    this.#root = root
  }

  /** Texts of the files that `keys` of a section name; `undefined` where there is none. */
  read<Key extends string>(
    path: Path,
    section: { readonly [K in Key]?: string | null | undefined },
    ...keys: Key[]
  ): (string | undefined)[] {
    return keys.map((key) => {
      const name = section[key]
      if (name === undefined || name === null) return undefined
      const file = resolve(this.#folder, name)
      this.files.push(file)
      if (this.#root !== undefined && !leadsBelow(this.#root, file)) {
        this.unread.add(section)
        return undefined
      }
      try {
        this.texts[name] ??= readPem(file)
        return this.texts[name]
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : ''
        const reason = REASONS[String(code)] ?? (error instanceof Error ? error.message : '')
        this.problems.push({ path: [...path, key], message: `cannot read ${file}: ${reason}` })
        return undefined
      }
    })
  }

  attempt(path: Path, create: () => unknown): void {
    try {
      create()
    } catch (error) {
      const message = error instanceof Error ? error.message.replace(/^option tls(: )?/, '') : ''
      this.problems.push({ path, message: message.replace(/^\./, '') })
    }
  }
}

/** More than a file with all authorities of the world. */
const MAX_PEM_BYTES = 1 << 20

/** A pipe would hold us up, and a device may never end: only files are read. */
function readPem(file: string): string {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const found = fstatSync(descriptor)
    if (found.isDirectory()) throw new Error(REASONS['EISDIR'])
    if (!found.isFile()) throw new Error(REASONS['ENXIO'])
    const bytes = Buffer.alloc(Math.min(found.size, MAX_PEM_BYTES) + 1)
    const length = readSync(descriptor, bytes)
    if (length > MAX_PEM_BYTES) throw new Error('it is larger than 1 MB, too large for PEM')
    return bytes.toString('utf8', 0, length)
  } finally {
    closeSync(descriptor)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENXIO: 'it is no file but a pipe, a socket or a device',
}
