import type { FileEntry } from '../../../src/admin/gui/contract.ts'
import { request, send } from './request.ts'

/** A file's text, and what tells this version of it from others. */
export interface FileContent {
  readonly text: string
  readonly etag: string
}

export function listFiles(): Promise<readonly FileEntry[]> {
  return request('GET', '/api/v1/files')
}

export async function readFile(path: string): Promise<FileContent> {
  const response = await send('GET', urlOf(path), { cache: 'no-store' })
  return { text: await response.text(), etag: response.headers.get('etag') ?? '' }
}

/** Writes a file; with an `etag`, only if it has not changed since. */
export async function writeFile(path: string, text: string, etag?: string): Promise<void> {
  await send('POST', urlOf(path), {
    body: text,
    headers: {
      'content-type': 'application/octet-stream',
      ...(etag === undefined ? {} : { 'if-match': etag }),
    },
  })
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

function urlOf(path: string): string {
  return `/api/files${path.split('/').map(encodeURIComponent).join('/')}`
}
