import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createTlsClient, createTlsServer } from '../net/tls/options.ts'
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
}

/** Reads the certificates and keys of a config, relative to `folder`, and tries whether they fit. */
export function readPemFiles(config: NonNullable<Loose<Config>>, folder: string): PemFiles {
  const reader = new PemReader(folder)
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

class PemReader implements PemFiles {
  readonly texts: Record<string, string> = {}
  readonly files: string[] = []
  readonly problems: Problem[] = []
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
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
      try {
        this.texts[name] ??= readFileSync(file, 'utf8')
        return this.texts[name]
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : ''
        const reason = REASONS[String(code)] ?? String(error)
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

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
}
