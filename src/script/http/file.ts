import { readFileSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { Data } from '../../engine/data.ts'
import { Message } from '../../engine/message.ts'
import { checkString } from '../arguments.ts'
import { contentTypeOf } from './content-types.ts'
import { requestPath } from './request-path.ts'

/** Largest file, also after decompression: files are held in memory as a whole. */
const MAX_FILE_BYTES = 64 * 1024 * 1024

/** Compressed forms of a file, best first. */
const ENCODINGS = ['br', 'gz'] as const

type Encoding = (typeof ENCODINGS)[number]

/** The bytes of a file as it lies on disk, and of its compressed forms `name.br` and `name.gz`. */
export interface FileVariants {
  readonly plain: Buffer | null
  readonly br: Buffer | null
  readonly gz: Buffer | null
}

/**
 * A file served over HTTP, held in memory with its compressed forms. Every variant makes one
 * message, which is kept.
 */
export class HttpFile {
  readonly #contentType: string
  readonly #variants: FileVariants
  readonly #messages = new Map<Encoding | 'plain', Message>()

  constructor(name: string, variants: FileVariants) {
    this.#contentType = contentTypeOf(name)
    this.#variants = variants
  }

  /** The response for a client that accepts some encodings, named as in `accept-encoding`. */
  toMessage(acceptEncoding?: string | null): Message {
    const accepted = acceptedEncodings(acceptEncoding)
    for (const encoding of ENCODINGS) {
      const bytes = this.#variants[encoding]
      const name = encoding === 'gz' ? 'gzip' : encoding
      if (bytes !== null && accepted.has(name)) return this.#message(encoding, () => bytes, name)
    }
    return this.#message('plain', () => plainBytes(this.#variants))
  }

  #message(key: Encoding | 'plain', bytes: () => Buffer, contentEncoding?: string): Message {
    let message = this.#messages.get(key)
    if (message === undefined) {
      const headers: Record<string, string> = { 'content-type': this.#contentType }
      if (contentEncoding !== undefined) headers['content-encoding'] = contentEncoding
      message = new Message({ headers }, Data.fromBytes(bytes()))
      this.#messages.set(key, message)
    }
    return message
  }
}

/**
 * Loads the file that a path below `root` leads to, a directory's `index.html` included; null when
 * there is none in any form. Symbolic links are followed: they are the operator's.
 */
export function loadHttpFile(root: string, path: string): HttpFile | null {
  const relative = requestPath(checkString(path, 1))
  if (relative === null) return null
  let name = join(root, relative)
  if (statOf(name)?.isDirectory()) name = join(name, 'index.html')
  const variants = { plain: read(name), br: read(`${name}.br`), gz: read(`${name}.gz`) }
  const isAbsent = variants.plain === null && variants.br === null && variants.gz === null
  return isAbsent ? null : new HttpFile(name, variants)
}

function read(name: string): Buffer | null {
  const stats = statOf(name)
  if (!stats?.isFile() || stats.size > MAX_FILE_BYTES) return null
  return unlessRefused(() => readFileSync(name))
}

function statOf(name: string): Stats | null {
  return unlessRefused(() => statSync(name))
}

/** What the file system gives; null when it refuses, as for an absent file or too long a name. */
function unlessRefused<T>(access: () => T): T | null {
  try {
    return access()
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return null
    throw error
  }
}

function plainBytes({ plain, gz, br }: FileVariants): Buffer {
  if (plain !== null) return plain
  if (gz !== null) return gunzipSync(gz, { maxOutputLength: MAX_FILE_BYTES })
  return brotliDecompressSync(br ?? Buffer.alloc(0), { maxOutputLength: MAX_FILE_BYTES })
}

/** RFC 9110 §12.5.3, without weights but for the weight 0, which refuses. */
function acceptedEncodings(header: string | null | undefined): Set<string> {
  const accepted = new Set<string>()
  for (const item of (header ?? '').split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase())
    if (!parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) accepted.add(name)
  }
  return accepted
}
