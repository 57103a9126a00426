import type { Exchange, Requester } from './exchange.ts'
import type { HedgePolicy } from './hedge-policy.ts'
import type { MuxSession } from './mux-session.ts'

/** What second attempts need of the hub. */
export interface HedgeHub {
  /** A session for a key, if one is free or may be opened. */
  place(key: string, requester: Requester): MuxSession | null
  /** Begins an attempt that has its place. */
  attempt(exchange: Exchange, session: MuxSession): void
  /** An exchange is over that no session has. */
  answered(exchange: Exchange): void
}

/**
 * The second attempts of messages of one hub. A requester knows of the first only: its exchange stands
 * for the message as long as that lives. When the second is the one that goes on, both change places
 * in their sessions, so that what is left behind is always the second.
 */
export class Hedges {
  readonly #hub: HedgeHub
  readonly #settle: () => void

  /** `settle` ends the batch of what a timer has caused. */
  constructor(hub: HedgeHub, settle: () => void) {
    this.#hub = hub
    this.#settle = settle
  }

  /** A message has begun that may get a second attempt. */
  watch(exchange: Exchange, policy: HedgePolicy): void {
    policy.begin(exchange, this.#launch)
  }

  /** One of two attempts has an answer: the message is with that one. Returns what stands for it. */
  won(exchange: Exchange): Exchange {
    const twin = exchange.twin as Exchange
    if (!exchange.isHedge) {
      this.drop(twin)
      return exchange
    }
    const { hedge } = exchange.policy
    if (hedge !== null) hedge.won++
    this.lost(twin, exchange)
    return twin
  }

  /** One of two attempts is of no use any more: the message is with the other one. */
  lost(exchange: Exchange, twin: Exchange): void {
    if (exchange.isHedge) return this.drop(exchange)
    exchange.swap(twin)
    const { context } = exchange.requester as Requester
    exchange.policy.hedge?.targets.switched(context, exchange.group.key)
    this.drop(twin)
  }

  /** Ends a second attempt, and the session whose answer nobody waits for. */
  drop(hedge: Exchange): void {
    if (hedge.twin !== null) hedge.twin.twin = null
    hedge.twin = null
    hedge.requester = null
    hedge.policy.hedge?.end()
    if (hedge.session !== null) hedge.session.abandon(hedge)
    else this.#hub.answered(hedge)
  }

  /** Begins a second attempt of a message that waits for its answer, if there is somebody to ask. */
  readonly #launch = (exchange: Exchange): void => {
    const { requester, policy, kept, keptEnd } = exchange
    const { hedge } = policy
    if (requester === null || hedge === null || exchange.session === null) return
    if (exchange.hasInterim || kept?.length !== 1 || keptEnd === null || !hedge.isAllowed) return
    const { context } = requester
    const key = hedge.targets.choose(context)
    if (key === undefined) return
    const session = this.#hub.place(key, requester)
    if (session !== null) {
      hedge.take()
      this.#hub.attempt(exchange.hedgeIn(session.group), session)
    }
    // Connections know by now where they are to go. If the first attempt has failed meanwhile, the
    // message is where it should be.
    if (session === null || exchange.twin !== null)
      hedge.targets.switched(context, exchange.group.key)
    this.#settle()
  }
}
