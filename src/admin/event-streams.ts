import type { ServerResponse } from 'node:http'
import { SAFE_HEADERS } from './http-server.ts'

/**
 * Sends an event to all who listen to its kind. `more` tells what is added for those who have asked
 * for something beside it.
 */
export type SendEvent = (data: object, more?: (wanted: readonly string[]) => object) => void

/** Where the events of one kind come from. */
export interface EventFeed {
  /** Begins to send, for the first client that wants them; the result ends it with the last. */
  start(send: SendEvent): () => void
  /** What a client is told on connecting, beside what happens from then on, if there is something. */
  first?(): object | undefined
}

/** What a client has asked for. */
export interface Wish {
  readonly kinds: ReadonlySet<string>
  /** Names of what it wants beside that: see `SendEvent`. */
  readonly wanted: readonly string[]
}

/** Streams that may be open at a time. */
export const MAX_STREAMS = 32
/** A client that leaves more than this unread is let go. */
const MAX_UNREAD_BYTES = 1 << 20

/**
 * Streams of server-sent events of several kinds. Nothing is read or computed of a kind while
 * nobody listens to it.
 */
export class EventStreams {
  readonly #feeds: ReadonlyMap<string, EventFeed>
  readonly #streams = new Map<ServerResponse, Wish>()
  /** What ends the feeds that somebody listens to. */
  readonly #running = new Map<string, () => void>()

  constructor(feeds: Readonly<Record<string, EventFeed>>) {
    this.#feeds = new Map(Object.entries(feeds))
  }

  get kinds(): readonly string[] {
    return [...this.#feeds.keys()]
  }

  get size(): number {
    return this.#streams.size
  }

  /** Streams events to a client until it goes. */
  add(response: ServerResponse, wish: Wish): void {
    response.writeHead(200, { ...SAFE_HEADERS, 'content-type': 'text/event-stream' })
    // Comments begin with a colon: the client learns at once that it is connected.
    response.write(':\n\n')
    response.once('close', () => this.#remove(response))
    this.#streams.set(response, wish)
    for (const kind of wish.kinds) {
      const feed = this.#feeds.get(kind)
      if (feed === undefined) continue
      const first = feed.first?.()
      if (first !== undefined) response.write(render(kind, first))
      if (this.#running.has(kind)) continue
      this.#running.set(
        kind,
        feed.start((data, more) => this.#send(kind, data, more)),
      )
    }
  }

  #remove(response: ServerResponse): void {
    this.#streams.delete(response)
    const wanted = new Set([...this.#streams.values()].flatMap(({ kinds }) => [...kinds]))
    for (const [kind, stop] of this.#running) {
      if (wanted.has(kind)) continue
      this.#running.delete(kind)
      stop()
    }
  }

  #send(kind: string, ...[data, more]: Parameters<SendEvent>): void {
    const text = render(kind, data)
    for (const [response, { kinds, wanted }] of this.#streams) {
      if (!kinds.has(kind)) continue
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy()
      else if (more === undefined || wanted.length === 0) response.write(text)
      else response.write(render(kind, { ...data, ...more(wanted) }))
    }
  }
}

function render(kind: string, data: object): string {
  return `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`
}
