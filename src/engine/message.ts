import { Data } from './data.ts'
import { type Event, MESSAGE_ENDED, MessageStart } from './event.ts'

/**
 * A whole message as scripts handle it. Not an event: wherever events are expected it stands for
 * `MessageStart(head)`, the body if any, and `MessageEnd`.
 */
export class Message {
  readonly head: object | null
  readonly body: Data | null

  constructor(first?: object | string | Data | null, second?: string | Data | null) {
    if (typeof first === 'string') {
      this.head = null
      this.body = new Data(first)
    } else if (first instanceof Data) {
      this.head = null
      this.body = first
    } else if (first !== undefined && first !== null && typeof first !== 'object') {
      throw new TypeError('argument #1 expects a string, an object or an instance of Data')
    } else {
      this.head = first ?? null
      this.body = typeof second === 'string' ? new Data(second) : (second ?? null)
      if (this.body !== null && !(this.body instanceof Data)) {
        throw new TypeError('argument #2 expects a string or an instance of Data')
      }
    }
  }

  /** Calls `emit` with the events that the message stands for. */
  emitTo(emit: (event: Event) => void): void {
    emit(new MessageStart(this.head))
    if (this.body !== null && this.body.size > 0) emit(this.body)
    emit(MESSAGE_ENDED)
  }
}
