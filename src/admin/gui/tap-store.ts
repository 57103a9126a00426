import type { TappedEvent } from '../../worker/messages.ts'
import type { EventFeed } from '../event-streams.ts'
import { HttpError } from '../http-server.ts'
import type { Tap, TapEnd, TapEvent, TapRequest } from './contract.ts'
import type { GuiControl } from './gui-control.ts'

/** With one more, the oldest ends. */
const MAX_OPEN = 8
/** Whoever opened it may be gone by then. */
const MAX_OPEN_MS = 600_000
/** Taps that can be asked for, those that are over included. */
const MAX_REMEMBERED = 16
const DEFAULT_COUNT = 100
const DEFAULT_BYTES = 1024

/** A tap with what it has seen. */
interface KeptTap {
  readonly id: string
  readonly filter: string
  isOver: boolean
  readonly events: TapEvent[]
  close(): void
}

/** What taps need of the running program. */
interface Tappable extends Pick<GuiControl, 'placeOf'> {
  readonly orchestrator: Pick<GuiControl['orchestrator'], 'flow'>
}

/** The taps that were opened from the page. */
export class TapStore {
  readonly #control: Tappable
  readonly #taps = new Map<string, KeptTap>()
  readonly #listeners = new Set<(event: TapEvent | TapEnd) => void>()
  #opened = 0

  constructor(control: Tappable) {
    this.#control = control
  }

  /** Every event that passes a tap, and the end of those that none ends. */
  readonly feed: EventFeed = {
    start: (send) => {
      this.#listeners.add(send)
      return () => this.#listeners.delete(send)
    },
  }

  open({ filter, count = DEFAULT_COUNT, maxBytes = DEFAULT_BYTES }: TapRequest): Tap {
    const { flow } = this.#control.orchestrator
    const place = this.#control.placeOf(filter)
    if (place === undefined) throw new HttpError(404, 'no_filter', `no filter ${filter} is running`)
    const open = [...this.#taps.values()].filter(({ isOver }) => !isOver)
    if (open.length >= MAX_OPEN) open[0]?.close()
    const id = String(++this.#opened)
    let number = 0
    const tap: KeptTap = { id, filter, isOver: false, events: [], close: () => flow.untap(number) }
    this.#taps.set(id, tap)
    const limit = setTimeout(tap.close, MAX_OPEN_MS).unref()
    number = flow.tap({ ...place, count, maxBytes }, (worker, events, isLast) => {
      if (isLast) clearTimeout(limit)
      this.#add(tap, worker, events, isLast)
    })
    this.#forget()
    return show(tap)
  }

  find(id: string): Tap {
    return show(this.#get(id))
  }

  close(id: string): void {
    this.#get(id).close()
  }

  #get(id: string): KeptTap {
    const tap = this.#taps.get(id)
    if (tap === undefined) throw new HttpError(404, 'no_tap', `no tap ${id}`)
    return tap
  }

  #add(tap: KeptTap, worker: number, events: readonly TappedEvent[], isLast: boolean): void {
    tap.isOver = isLast
    for (const [index, event] of events.entries()) {
      const isOver = isLast && index === events.length - 1
      const told: TapEvent = { tap: tap.id, worker, ...event, isLast: isOver }
      tap.events.push(told)
      this.#tell(told)
    }
    if (isLast && events.length === 0) this.#tell({ tap: tap.id, isOver: true })
  }

  #tell(what: TapEvent | TapEnd): void {
    for (const listener of this.#listeners) listener(what)
  }

  /** The oldest go first, but none that is open. */
  #forget(): void {
    for (const [id, { isOver }] of this.#taps) {
      if (this.#taps.size <= MAX_REMEMBERED) return
      if (isOver) this.#taps.delete(id)
    }
  }
}

function show({ id, filter, isOver, events }: KeptTap): Tap {
  return { id, filter, isOver, events }
}
