/** What passes through pipelines, and the sessions that it belongs to. */
export const EVENT_TYPES = `/** Bytes that pass through a pipeline. */
declare class Data {
  /** An empty one, a number of zero bytes, a text in an encoding, or a copy. */
  constructor(init?: number | string | Data | null, encoding?: DataEncoding)
  /** Number of bytes. */
  readonly size: number
  /** Appends in place. */
  push(more: Data | string): this
  /** Removes bytes from the beginning and returns them. */
  shift(count: number): Data
  toString(encoding?: DataEncoding): string
}

type DataEncoding = 'utf8' | 'base64' | 'base64url' | 'hex' | 'hdex'

/** The beginning of a message. */
declare class MessageStart {
  constructor(head?: object | null)
  /** What the decoder found, or what the encoder shall write. */
  head: any
}

/** The end of a message. */
declare class MessageEnd {
  constructor()
}

/** The end of a session. */
declare class SessionEnd {
  constructor()
  /** Why the session ended; empty if nothing is wrong. */
  readonly error: '' | SessionError
}

type SessionError = @SESSION_ERRORS@

/** A complete message: stands for its events wherever events are expected. */
declare class Message {
  constructor(body?: string | Data | null)
  constructor(head: object | null, body?: string | Data | null)
  readonly head: any
  readonly body: Data | null
}

type Event = Data | MessageStart | MessageEnd | SessionEnd

type Replacement = Event | Message | (Event | Message | null | undefined)[] | null | undefined

type Replacer<T> = Replacement | ((replaced: T) => Replacement)

/** A session of a named pipeline that the script feeds itself; it starts in the current context. */
declare class Session {
  constructor(module: string, pipeline: string)
  input(...inputs: Replacement[]): void
  /** Whether the pipeline has put out SessionEnd. */
  readonly done: boolean
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
}

/** The connection that a context belongs to. */
interface Inbound {
  readonly id: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
}
`
