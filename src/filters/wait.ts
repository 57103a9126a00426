import { checkFunction } from '../engine/arguments.ts'
import type { Waiter } from '../engine/context.ts'
import type { Data } from '../engine/data.ts'
import { defineFilter, evaluate } from '../engine/definition.ts'
import { DATA, type Event } from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import { Holding } from '../engine/held-bytes.ts'
import { own } from './events/own.ts'

type Condition = () => unknown

/** `wait(condition)`: events stay until the condition holds. */
export const wait = defineFilter({
  name: 'wait',
  description: 'Buffers up events until a condition is met',
  parameters: [
    {
      name: 'condition',
      type: '() => unknown',
      doc: 'Callback function that returns true when the wait is over',
    },
  ],
  plan: (condition: Condition) => {
    checkFunction(condition, 1)
    return () => new Wait(condition)
  },
})

/**
 * More bytes than that hold up the source. It is generous, because what the condition waits for may
 * have to be found in the same bytes by a `fork` before this filter.
 */
const PAUSE_LIMIT = 1024 * 1024
/** Sources that cannot be held up must not fill the memory either. */
const BYTE_LIMIT = 16 * 1024 * 1024
const EVENT_LIMIT = 65_536

/**
 *     Waiting -> Flushing    the condition holds: at an event, or when the context was woken
 *     Waiting -> Failed      the condition threw, or too much was waiting
 *     Flushing -> Open       everything held has been passed
 */
class Wait extends Filter implements Waiter {
  readonly #condition: Condition
  #state: 'waiting' | 'flushing' | 'open' | 'failed' = 'waiting'
  #held: Event[] = []
  readonly #bytes = new Holding()
  #isRegistered = false
  #holdsInput = false

  constructor(condition: Condition) {
    super()
    this.#condition = condition
  }

  process(event: Event): void {
    switch (this.#state) {
      case 'open':
        this.next.process(event)
        break
      case 'waiting':
        if (this.#isTrue()) {
          this.#held.push(event)
          this.#flush()
        } else if (this.#isWaiting()) this.#hold(event)
        break
      case 'flushing':
        this.#held.push(own(event))
        break
      case 'failed':
        break
    }
  }

  /** Something in the context has put out events. */
  wake(): void {
    if (this.#state === 'waiting' && this.#isTrue()) this.#flush()
  }

  override reset(): void {
    this.#unregister()
    this.#state = 'waiting'
    this.#forget()
    this.#holdsInput = false
  }

  #forget(): void {
    this.#held = []
    this.#bytes.give()
  }

  /** The condition may have ended the wait by failing. */
  #isWaiting(): boolean {
    return this.#state === 'waiting'
  }

  #isTrue(): boolean {
    try {
      return Boolean(evaluate(this.session.context, this.#condition))
    } catch (error) {
      this.#giveUp()
      this.fail(error)
      return false
    }
  }

  #hold(event: Event): void {
    this.#held.push(own(event))
    const size = event.kind === DATA ? (event as Data).size : 0
    const hasRoom = this.#bytes.take(this.session.context.runtime.held, size)
    if (!this.#isRegistered) {
      this.#isRegistered = true
      this.session.context.addWaiter(this)
    }
    if (!hasRoom || this.#bytes.size > BYTE_LIMIT || this.#held.length > EVENT_LIMIT) {
      this.#giveUp()
      this.session.abort()
      this.session.context.runtime.log.error('[wait] buffer overflow')
      this.end('BufferOverflow')
    } else if (this.#bytes.size > PAUSE_LIMIT && !this.#holdsInput) {
      this.#holdsInput = true
      this.previous?.pause()
    }
  }

  #flush(): void {
    this.#state = 'flushing'
    this.#unregister()
    // The list may grow while it is walked.
    for (const event of this.#held) this.next.process(event)
    this.#state = 'open'
    this.#forget()
    if (!this.#holdsInput) return
    this.#holdsInput = false
    this.previous?.resume()
  }

  #giveUp(): void {
    this.#state = 'failed'
    this.#forget()
    this.#unregister()
  }

  #unregister(): void {
    if (!this.#isRegistered) return
    this.#isRegistered = false
    this.session.context.removeWaiter(this)
  }
}
