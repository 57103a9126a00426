import { closeHandedOver, handedOver } from '../native/addon.ts'
import type { MessageToWorker } from '../worker/messages.ts'

/** A connection waits so long for another worker; then it is closed. */
const HAND_OVER_TIMEOUT_MS = 5000
/** How often those that wait are looked at. */
const LOOK_MS = 500

/** A worker that may take connections over. */
export interface Heir {
  post(message: MessageToWorker): void
}

/**
 * Shares the connections of workers that have died among those that live. The reactor of a dead
 * worker leaves them behind, open, by the number of their listener: `native/net/handed_over.h`.
 */
export class HandOver {
  readonly #rows: () => readonly number[]
  readonly #heirs: () => readonly Heir[]
  /** All that there have been: connections live longer than their listeners. */
  readonly #known = new Set<number>()
  #timer: NodeJS.Timeout | undefined

  /** `rows` gives the listeners whose connections are worth keeping, `heirs` who may take them. */
  constructor(rows: () => readonly number[], heirs: () => readonly Heir[]) {
    this.#rows = rows
    this.#heirs = heirs
  }

  /** A worker has died, or others live now. */
  share(): void {
    clearTimeout(this.#timer)
    const rows = this.#rows()
    for (const row of rows) this.#known.add(row)
    let isOver = true
    for (const row of this.#known) {
      if (handedOver(row) === 0) continue
      closeHandedOver(row, rows.includes(row) ? HAND_OVER_TIMEOUT_MS : 0)
      const count = handedOver(row)
      if (count === 0) continue
      isOver = false
      const heirs = this.#heirs()
      const part = Math.ceil(count / heirs.length)
      for (const heir of heirs) heir.post({ type: 'takeOver', row, count: part })
    }
    if (isOver) return
    // An heir may die before it has taken its part.
    this.#timer = setTimeout(() => this.share(), LOOK_MS)
    this.#timer.unref()
  }
}
