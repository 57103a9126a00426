import { resolve } from 'node:path'
import { checkOptionalObject, checkString } from '../engine/arguments.ts'
import { Data } from '../engine/data.ts'
import { defineFilter } from '../engine/definition.ts'
import {
  type Event,
  MESSAGE_END,
  MESSAGE_ENDED,
  MESSAGE_START,
  MessageStart,
  SESSION_END,
  SessionEnd,
} from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import type { Runtime } from '../engine/runtime.ts'
import {
  answerWith,
  type FileAnswer,
  type FileBody,
  type FileRequest,
  readFileRequest,
  refusal,
} from './files/file-answer.ts'
import { filePath } from './files/file-path.ts'
import { FileReader, type FileTaker } from './files/file-reader.ts'
import { type Entry, FileStore } from './files/file-store.ts'
import { SizedHead } from './http/sized-head.ts'
import { RequestView } from './route/request-view.ts'

/** How files are served. */
export interface FileOptions {
  /** Names of files that stand for their folder, the first that is there; `index.html` unless given. */
  readonly index?: string | readonly string[]
  /** The file that is served where there is none, for applications that have their own paths. */
  readonly fallback?: string
  /** `name.br` or `name.gz` is served in place of `name` if it is there and the client accepts it. */
  readonly precompressed?: boolean
  /** Value of Cache-Control. */
  readonly cacheControl?: string
}

/** `serveFiles(root, options?)`: answers with the files of a folder. */
export const serveFiles = defineFilter({
  name: 'serveFiles',
  description: 'Answers HTTP requests with files',
  parameters: [
    { name: 'root', type: 'string', doc: 'The folder; relative to that of the script' },
    {
      name: 'options',
      type: 'FileOptions',
      doc: 'index, fallback, precompressed, cacheControl',
      isOptional: true,
    },
  ],
  plan: (root: string, options?: FileOptions | null) => {
    checkString(root, 1)
    const place = readOptions(checkOptionalObject(options, 2) ?? {})
    let store: FileStore | undefined
    return ({ runtime }) => {
      store ??= new FileStore(resolve(runtime.root, root), place)
      return new ServeFiles(runtime, store, place)
    }
  },
})

interface Place {
  readonly index: readonly string[]
  readonly fallback: string | undefined
  readonly isPrecompressed: boolean
  readonly cacheControl: string | undefined
}

function readOptions(options: FileOptions): Place {
  const { index = 'index.html', fallback, precompressed = false, cacheControl } = options
  const names = typeof index === 'string' ? [index] : index
  if (!Array.isArray(names) || names.some((name) => filePath(String(name))?.length !== 1)) {
    throw new TypeError('option index expects a name of a file, or a list of them')
  }
  const segments = fallback === undefined ? [] : filePath(String(fallback))
  if (segments === null) throw new TypeError('option fallback expects the path of a file')
  if (cacheControl !== undefined && typeof cacheControl !== 'string') {
    throw new TypeError('option cacheControl expects a text')
  }
  return {
    index: names,
    fallback: fallback === undefined ? undefined : segments.join('/'),
    isPrecompressed: precompressed === true,
    cacheControl,
  }
}

/** A request, and the name in the store that it leads to. */
interface Inquiry {
  readonly request: FileRequest
  readonly name: string
  /** The file has changed while it was looked for. */
  readonly isRepeated: boolean
}

const view = new RequestView()

/** Answers one request after the other, each when all of it has come. */
class ServeFiles extends Filter implements FileTaker {
  readonly #runtime: Runtime
  readonly #store: FileStore
  readonly #place: Place
  #incoming: FileRequest | null = null
  readonly #waiting: FileRequest[] = []
  #isBusy = false
  #reader: FileReader | null = null
  #pauseCount = 0
  #holdsInput = false
  #end: SessionEnd | null = null
  /** Tells whether what the file system has answered is still wanted. */
  #life = 0

  constructor(runtime: Runtime, store: FileStore, place: Place) {
    super()
    this.#runtime = runtime
    this.#store = store
    this.#place = place
  }

  process(event: Event): void {
    if (this.#end !== null) return
    if (event.kind === MESSAGE_START) {
      this.#incoming = readFileRequest(view.look(event as MessageStart))
    } else if (event.kind === MESSAGE_END) {
      if (this.#incoming !== null) this.#waiting.push(this.#incoming)
      this.#incoming = null
      if (this.#isBusy) this.#holdInput(true)
      else this.#answerNext()
    } else if (event.kind === SESSION_END) {
      this.#end = event as SessionEnd
      if (!this.#isBusy) this.next.process(event)
    }
  }

  override pause(): void {
    this.#pauseCount++
    this.#reader?.pause()
    super.pause()
  }

  override resume(): void {
    this.#pauseCount--
    if (this.#pauseCount === 0) this.#reader?.resume()
    super.resume()
  }

  override reset(): void {
    this.#reader?.stop()
    this.#reader = null
    this.#incoming = null
    this.#waiting.length = 0
    this.#isBusy = false
    this.#pauseCount = 0
    this.#holdsInput = false
    this.#end = null
    this.#life++
  }

  onBytes(bytes: Buffer): void {
    this.next.process(Data.fromBytes(bytes))
  }

  onFinished(isCut: boolean): void {
    this.#reader = null
    if (!isCut) return this.#finish()
    this.#end = new SessionEnd('ReadError')
    this.next.process(this.#end)
  }

  settle(): void {
    this.#runtime.sockets.settle()
  }

  #answerNext(): void {
    const request = this.#waiting.shift()
    if (request === undefined) return
    this.#isBusy = true
    const { method, path } = request
    if (method !== 'GET' && method !== 'HEAD') {
      return this.#answer(refusal(405, { allow: 'GET, HEAD' }))
    }
    const segments = filePath(path)
    if (segments === null) return this.#answer(refusal(404))
    const isFolder = segments.length > 0 && path.endsWith('/')
    const name = segments.join('/') + (isFolder ? '/' : '')
    const inquiry = { request, name, isRepeated: false }
    const known = this.#store.known(name)
    if (known !== undefined) this.#answerFrom(inquiry, known)
    else void this.#ask(inquiry)
  }

  /** Waits for the file system to tell what there is. */
  async #ask(inquiry: Inquiry): Promise<void> {
    const life = this.#life
    const entry = await this.#find(inquiry.name).catch((error) => this.#failed(error))
    if (life !== this.#life) return
    if (entry === null) this.#answer(refusal(503))
    else this.#answerFrom(inquiry, entry)
    this.settle()
  }

  async #find(name: string): Promise<Entry> {
    const entry = await this.#store.find(name)
    const { fallback } = this.#place
    if (entry !== 'absent' || fallback === undefined) return entry
    return this.#store.known(fallback) ?? this.#store.find(fallback)
  }

  #answerFrom(inquiry: Inquiry, entry: Entry): void {
    const { request } = inquiry
    if (entry === 'absent') return this.#answer(refusal(404))
    if (entry === 'folder') {
      // The client knows it with a slash: it was rewritten to a name without.
      if (request.lastSegment === '')
        return void this.#ask({ ...inquiry, name: `${inquiry.name}/` })
      // Relative, because the path may not be the one that the client knows.
      const query = request.query === '' ? '' : `?${request.query}`
      return this.#answer(refusal(301, { location: `./${request.lastSegment}/${query}` }))
    }
    const answer = answerWith(request, entry, this.#place)
    const { body } = answer
    if (body === null || body.file.bytes !== null) this.#answer(answer)
    else void this.#stream(inquiry, answer, body)
  }

  /** Opens a file and begins to read it. */
  async #stream(inquiry: Inquiry, answer: FileAnswer, body: FileBody): Promise<void> {
    const life = this.#life
    const handle = await this.#store.open(body.file).catch((error) => this.#failed(error))
    if (life !== this.#life) return void handle?.close()
    if (handle === null && !inquiry.isRepeated) {
      // It was replaced since somebody looked.
      return this.#ask({ ...inquiry, isRepeated: true })
    }
    if (handle === null) this.#answer(refusal(503))
    else {
      this.#begin(answer)
      this.#reader = new FileReader(handle, body, this)
      if (this.#pauseCount > 0) this.#reader.pause()
      this.#reader.start()
    }
    this.settle()
  }

  /** Out of descriptors or memory, or the disk is broken. */
  #failed(error: unknown): null {
    this.#runtime.log.error(`[serveFiles] ${error instanceof Error ? error.message : error}`)
    return null
  }

  /** An answer whose body, if any, is in memory. */
  #answer(answer: FileAnswer): void {
    this.#begin(answer)
    const { body } = answer
    if (body !== null) {
      this.next.process(Data.fromBytes((body.file.bytes as Buffer).subarray(body.from, body.end)))
    }
    this.#finish()
  }

  #begin({ head, length }: FileAnswer): void {
    this.next.process(new MessageStart(null, new SizedHead(head, length)))
  }

  #finish(): void {
    this.#isBusy = false
    this.next.process(MESSAGE_ENDED)
    if (this.#waiting.length > 0) return this.#answerNext()
    this.#holdInput(false)
    if (this.#end !== null) this.next.process(this.#end)
  }

  #holdInput(value: boolean): void {
    if (this.#holdsInput === value) return
    this.#holdsInput = value
    if (value) this.previous?.pause()
    else this.previous?.resume()
  }
}
