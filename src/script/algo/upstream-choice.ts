import type { Affinity } from '../../balancer/affinity.ts'
import type { Balancer } from '../../balancer/balancer.ts'
import type { MessageStart } from '../../engine/event.ts'
import type { Message } from '../../engine/message.ts'
import { HeadEditor } from '../../filters/http/header-changes.ts'
import type { KeyContext } from '../../filters/http/request-key.ts'
import type { CookieOf } from '../../filters/tie-response.ts'
import { headOf } from './head-of.ts'

/** What the running callback is for; `null` when there is none. */
export type RunningContext = () => KeyContext | null

/** Where one request goes: by what ties it to an endpoint, and to another one with each attempt. */
export class UpstreamChoice {
  readonly #balancer: Balancer
  readonly #affinity: Affinity
  readonly #cookieOf: CookieOf | undefined
  readonly #running: RunningContext

  constructor(
    balancer: Balancer,
    affinity: Affinity,
    cookieOf: CookieOf | undefined,
    running: RunningContext,
  ) {
    this.#balancer = balancer
    this.#affinity = affinity
    this.#cookieOf = cookieOf
    this.#running = running
  }

  /** The target of an attempt; of a further one not that of the last, if there is any other. */
  select(): string {
    const target = this.#balancer.selectTied(this.#affinity)
    const request = this.#running()?.request ?? null
    if (request !== null && target !== '') {
      request.target = target
      request.attempts++
    }
    return target
  }

  /** What was selected last; empty before. */
  get target(): string {
    return this.#affinity.address
  }

  /** Adds a cookie to a response that ties the client to the target, unless the client has it. */
  tie(response: MessageStart | Message): void {
    const start = headOf(response)
    // What stands for a failure was not answered by anybody.
    const cookie = start.failure === '' ? this.#cookieOf?.(this.#affinity) : undefined
    if (cookie !== undefined) new HeadEditor({ add: { 'set-cookie': cookie } }).edit(start)
  }
}
