import type { Stats } from 'node:fs'
import { lookup } from 'mrmime'
import type { Encoding } from '../compress/accepted-encoding.ts'

/** A file as clients may see it: what its head tells, and where its bytes are. */
export interface ServedFile {
  /** Where it was found; of a link, not where that leads. */
  readonly path: string
  readonly size: number
  readonly contentType: string
  readonly encoding: Encoding | 'identity'
  readonly etag: string
  readonly lastModified: string
  /** The same in whole seconds, as requests compare it. */
  readonly modifiedSeconds: number
  /** All of it, if it is small. */
  readonly bytes: Buffer | null
  /** Tells whether it still is the same. */
  readonly identity: string
}

/** What identifies the contents of a file, as far as that can be told without reading it. */
export function identityOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`
}

/** `typeOf` is the name that its type goes by: that of the file which a compressed one stands for. */
export function servedFile(
  path: string,
  stats: Stats,
  bytes: Buffer | null,
  { typeOf, encoding }: { typeOf: string; encoding: Encoding | 'identity' },
): ServedFile {
  const { size, mtimeMs, mtime } = stats
  return {
    path,
    size,
    contentType: contentTypeOf(typeOf),
    encoding,
    etag: `"${Math.round(mtimeMs * 1000).toString(36)}-${size.toString(36)}"`,
    lastModified: mtime.toUTCString(),
    modifiedSeconds: Math.floor(mtimeMs / 1000),
    bytes,
    identity: identityOf(stats),
  }
}

/** Texts are UTF-8: without a word, browsers would guess. */
function contentTypeOf(path: string): string {
  const type = lookup(path) ?? 'application/octet-stream'
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type
}
