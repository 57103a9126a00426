import { acceptedEncoding } from '../compress/accepted-encoding.ts'
import { httpDate } from '../http/http-date.ts'
import type { RequestView } from '../route/request-view.ts'
import { type Conditions, evaluateConditions, partOf } from './conditions.ts'
import type { ServedFile } from './served-file.ts'

/** What a request asks of files. */
export interface FileRequest extends Conditions {
  readonly method: string
  /** As routes compare it. */
  readonly path: string
  /** What follows the question mark, if anything does. */
  readonly query: string
  /** The last segment of the path that the client knows; empty if that ends with a slash. */
  readonly lastSegment: string
  readonly acceptEncoding: string | undefined
}

/** The part of a file that a response has, `[from, end)`. */
export interface FileBody {
  readonly file: ServedFile
  readonly from: number
  readonly end: number
}

/** A response: its head, the length that it announces, and the bytes of a file that follow. */
export interface FileAnswer {
  readonly head: { readonly status: number; readonly headers: Record<string, string> }
  readonly length: number
  /** None for HEAD, and for answers that have no body. */
  readonly body: FileBody | null
}

/** What is the same for all files of a place. */
export interface AnswerOptions {
  readonly cacheControl: string | undefined
  /** Clients may get different files for the same path. */
  readonly isPrecompressed: boolean
}

export function readFileRequest(view: RequestView): FileRequest {
  return {
    method: view.method,
    path: view.path,
    query: view.query,
    lastSegment: view.originalPath.slice(view.originalPath.lastIndexOf('/') + 1),
    acceptEncoding: view.field('accept-encoding'),
    ifMatch: view.field('if-match'),
    ifNoneMatch: view.field('if-none-match'),
    ifModifiedSince: view.field('if-modified-since'),
    ifUnmodifiedSince: view.field('if-unmodified-since'),
    ifRange: view.field('if-range'),
    range: view.field('range'),
  }
}

/** The answer with a file, of whose encodings the client gets the one that it wants most. */
export function answerWith(
  request: FileRequest,
  files: readonly ServedFile[],
  { cacheControl, isPrecompressed }: AnswerOptions,
): FileAnswer {
  const file = fileFor(request, files)
  const headers: Record<string, string> = {
    date: httpDate(),
    etag: file.etag,
    'last-modified': file.lastModified,
    ...(cacheControl !== undefined && { 'cache-control': cacheControl }),
    ...(isPrecompressed && { vary: 'Accept-Encoding' }),
  }
  const status = evaluateConditions(request, file)
  if (status === 304) return { head: { status, headers }, length: file.size, body: null }
  if (status === 412) return refusal(412)
  headers['content-type'] = file.contentType
  headers['accept-ranges'] = 'bytes'
  if (file.encoding !== 'identity') headers['content-encoding'] = file.encoding
  // RFC 9110 §14.2: only GET has parts.
  const part = request.method === 'GET' ? partOf(request, file) : 'all'
  if (part === 'none') return refusal(416, { 'content-range': `bytes */${file.size}` })
  if (part === 'all') {
    const isBodyless = request.method === 'HEAD' || file.size === 0
    const body = isBodyless ? null : { file, from: 0, end: file.size }
    return { head: { status, headers }, length: file.size, body }
  }
  const { from, to } = part
  headers['content-range'] = `bytes ${from}-${to}/${file.size}`
  const body = { file, from, end: to + 1 }
  return { head: { status: 206, headers }, length: to + 1 - from, body }
}

/** An answer without a file. */
export function refusal(status: number, headers: Record<string, string> = {}): FileAnswer {
  return { head: { status, headers: { date: httpDate(), ...headers } }, length: 0, body: null }
}

function fileFor({ acceptEncoding }: FileRequest, files: readonly ServedFile[]): ServedFile {
  const [plain, ...others] = files as readonly [ServedFile, ...ServedFile[]]
  const encodings = others.flatMap(({ encoding }) => (encoding === 'identity' ? [] : [encoding]))
  const wanted = acceptedEncoding(acceptEncoding, encodings)
  return others.find(({ encoding }) => encoding === wanted) ?? plain
}
