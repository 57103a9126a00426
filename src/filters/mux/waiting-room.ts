import type { ConnectionLimits, Keeper, Waiter } from '../../balancer/connection-limits.ts'
import type { EndpointLimit } from '../../balancer/endpoint-limit.ts'
import type { Exchange } from './exchange.ts'
import { MuxGroup } from './group.ts'

/** What a waiting room needs of its hub. */
interface RoomHub {
  /** Begins a message, if there is room for it now. */
  admit(exchange: Exchange): boolean
  /** Ends an idle session; returns whether there was one. */
  endIdle(limit: EndpointLimit): boolean
  /** An exchange is over that no session has. */
  answered(exchange: Exchange): void
}

/**
 * Where messages wait when every key has as many sessions as it may. They choose their key when one has
 * room again: nobody knows before which one that will be.
 */
export class WaitingRoom implements Waiter, Keeper {
  /** A group without a key, and without sessions. */
  readonly group: MuxGroup = new MuxGroup('', '', null, null, null)
  readonly #limits: ConnectionLimits
  readonly #hub: RoomHub
  readonly settle: () => void
  #isWaiting = false

  /** `settle` ends the batch of what others have caused. */
  constructor(limits: ConnectionLimits, hub: RoomHub, settle: () => void) {
    this.#limits = limits
    this.#hub = hub
    this.settle = settle
    limits.keeper = this
  }

  get isEmpty(): boolean {
    return this.group.queue.length === 0
  }

  /** Its queue has got longer, or shorter. */
  changed(): void {
    if (this.isEmpty === !this.#isWaiting) return
    this.#isWaiting = !this.isEmpty
    if (this.#isWaiting) this.#limits.wait(this)
    else this.#limits.leave(this)
  }

  serve(): boolean {
    const { queue } = this.group
    for (let first = queue.shift(); first !== undefined; first = queue.shift()) {
      if (first.requester === null) this.#hub.answered(first)
      else if (!this.#hub.admit(first)) {
        first.group = this.group
        queue.unshift(first)
        return false
      }
    }
    this.changed()
    return true
  }

  giveUp(limit: EndpointLimit): void {
    while (limit.spare > 0 && this.#hub.endIdle(limit));
  }
}
