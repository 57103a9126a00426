import type { ServerResponse } from 'node:http'
import { type LogEntry, observeLog } from '../observability/logger.ts'
import type { Stats, StatsReader } from '../orchestrator/metrics/stats.ts'

export type EventKind = 'stats' | 'log'

const PERIOD_MS = 1000
/** Streams that may be open at a time. */
export const MAX_STREAMS = 32
/** A client that leaves more than this unread is let go. */
const MAX_UNREAD_BYTES = 1 << 20

/**
 * Streams of server-sent events: what happened in each second, and the log. Nothing is read or
 * computed while nobody listens.
 */
export class EventStreams {
  readonly #makeReader: () => StatsReader | undefined
  readonly #streams = new Map<ServerResponse, ReadonlySet<EventKind>>()
  #reader: StatsReader | undefined
  #timer: NodeJS.Timeout | undefined
  #stopLog: (() => void) | undefined

  /** `makeReader` gives a reader of its own, or nothing where nothing is counted. */
  constructor(makeReader: () => StatsReader | undefined) {
    this.#makeReader = makeReader
  }

  get size(): number {
    return this.#streams.size
  }

  /** Streams events of these kinds to a client until it goes. */
  async add(response: ServerResponse, kinds: ReadonlySet<EventKind>): Promise<void> {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    // Comments begin with a colon: the client learns at once that it is connected.
    response.write(':\n\n')
    response.once('close', () => this.#remove(response))
    this.#streams.set(response, kinds)
    this.#stopLog ??= observeLog((entries) => this.#sendLog(entries))
    if (this.#timer !== undefined) return
    this.#timer = setInterval(() => void this.#tick(), PERIOD_MS)
    this.#reader = this.#makeReader()
    // What was before the stream is no part of its first second.
    await this.#reader?.read()
  }

  #remove(response: ServerResponse): void {
    this.#streams.delete(response)
    if (this.#streams.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#reader = undefined
    this.#stopLog?.()
    this.#stopLog = undefined
  }

  async #tick(): Promise<void> {
    const stats: Stats | undefined = await this.#reader?.read()
    if (stats !== undefined) this.#send('stats', JSON.stringify(stats))
  }

  #sendLog(entries: readonly LogEntry[]): void {
    for (const entry of entries) this.#send('log', JSON.stringify(entry))
  }

  #send(kind: EventKind, data: string): void {
    for (const [response, kinds] of this.#streams) {
      if (!kinds.has(kind)) continue
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy()
      else response.write(`event: ${kind}\ndata: ${data}\n\n`)
    }
  }
}
