import type { Data } from '../engine/data.ts'
import {
  DATA,
  type Event,
  MESSAGE_END,
  MESSAGE_START,
  type MessageStart,
  SESSION_END,
  type SessionEnd,
} from '../engine/event.ts'
import type { EdgeViewer } from '../engine/flow-watch.ts'
import type { Layout } from '../engine/layout.ts'
import type { TappedEvent, TapSpec } from './messages.ts'

/** A head with more text is cut: it is to be read by people. */
const MAX_HEAD_LENGTH = 16_384

/**
 * Keeps copies of the next events that pass a filter. Next to a socket, where codecs are fused,
 * messages can be seen only on the other side of the codec; they are shown instead.
 */
export class FlowTap {
  readonly id: number
  readonly #layout: Layout
  readonly #spec: TapSpec
  #left: number
  #events: TappedEvent[] = []

  /** Undefined if there is no such filter. */
  static open(spec: TapSpec, layouts: readonly Layout[]): FlowTap | undefined {
    const layout = layouts.find(
      ({ module, index }) => module === spec.module && index === spec.pipeline,
    )
    return layout?.stages[spec.filter] === undefined ? undefined : new FlowTap(spec, layout)
  }

  private constructor(spec: TapSpec, layout: Layout) {
    this.id = spec.id
    this.#spec = spec
    this.#layout = layout
    this.#left = spec.count
  }

  /** What looks at the edges around the filter, by their present numbers. */
  aim(): EdgeViewer {
    const place = this.#layout.watch
    if (place === null) return () => {}
    const { filter } = this.#spec
    const { stages } = this.#layout
    const isFused =
      stages[filter]?.name === 'connect' && stages[filter - 1]?.name.startsWith('encodeHttp')
    const before = place.edges + filter - (isFused === true ? 1 : 0)
    const isDecoded = isFused === true && stages[filter + 1]?.name.startsWith('decodeHttp') === true
    const behind = place.edges + filter + (isDecoded ? 2 : 1)
    return (edge, session, event) => {
      if (this.#left === 0) return
      if (edge === before) this.#keep('in', session, event)
      else if (edge === behind) this.#keep('out', session, event)
    }
  }

  /** What has been seen since the last call. */
  take(): TappedEvent[] {
    const events = this.#events
    if (events.length > 0) this.#events = []
    return events
  }

  #keep(side: TappedEvent['side'], session: number, event: Event): void {
    this.#left--
    this.#events.push({ time: Date.now(), session, side, ...this.#describe(event) })
  }

  #describe(event: Event): Pick<TappedEvent, 'kind' | 'head' | 'size' | 'bytes' | 'error'> {
    switch (event.kind) {
      case DATA: {
        const { size } = event as Data
        const bytes = (event as Data).toBytes().subarray(0, this.#spec.maxBytes).toString('base64')
        return { kind: 'Data', size, bytes }
      }
      case SESSION_END:
        return { kind: 'SessionEnd', error: (event as SessionEnd).error }
      case MESSAGE_END:
        return { kind: 'MessageEnd' }
      case MESSAGE_START:
      default:
        return { kind: 'MessageStart', head: headText(event as MessageStart) }
    }
  }
}

/** Of a copy, so that a head stays untouched that nobody else looks at. */
function headText(start: MessageStart): string {
  try {
    return (JSON.stringify(start.clone().head, null, 2) ?? '').slice(0, MAX_HEAD_LENGTH)
  } catch (error) {
    // Scripts may put anything into a head.
    return String(error)
  }
}
