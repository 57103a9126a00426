import type { FileList } from '../../../src/admin/gui/contract.ts'
import { request, send } from './request.ts'

/** A file's text, and what tells this version of it from others. */
export interface FileContent {
  readonly text: string
  readonly etag: string
}

export function listFiles(): Promise<FileList> {
  return request('GET', '/api/v1/files')
}

export async function readFile(path: string): Promise<FileContent> {
  const response = await send('GET', urlOf(path), { cache: 'no-store' })
  return { text: textOf(path, await response.arrayBuffer()), etag: etagOf(response) }
}

/** Writes a file, with an `etag` only if it has not changed since; resolves with the new one. */
export async function writeFile(path: string, text: string, etag?: string): Promise<string> {
  const response = await send('POST', urlOf(path), {
    body: text,
    headers: {
      'content-type': 'application/octet-stream',
      ...(etag === undefined ? {} : { 'if-match': etag }),
    },
  })
  return etagOf(response)
}

/** Makes an empty file where there is none. */
export async function makeFile(path: string): Promise<void> {
  await send('POST', urlOf(path), { body: '', headers: { 'if-none-match': '*' } })
}

export async function deleteFile(path: string): Promise<void> {
  await send('DELETE', `${urlOf(path)}?recursive=true`, {})
}

export function makeFolder(path: string): Promise<void> {
  return request('POST', '/api/v1/folders', { path })
}

export function moveFile(from: string, to: string): Promise<void> {
  return request('POST', '/api/v1/files/move', { from, to })
}

/** The editor would spoil what is no text; a byte order mark it keeps. */
function textOf(path: string, bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Error(`${path} is not a text in UTF-8`)
  }
}

function etagOf(response: Response): string {
  return response.headers.get('etag') ?? ''
}

function urlOf(path: string): string {
  return `/api/files${path.split('/').map(encodeURIComponent).join('/')}`
}
