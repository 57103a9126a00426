import type { Data } from '../engine/data.ts'
import { defineFilter, evaluate, type ValueOf } from '../engine/definition.ts'
import { SESSION_ERRORS } from '../engine/errors.ts'
import {
  DATA,
  type Event,
  INTERIM,
  MESSAGE_END,
  MESSAGE_START,
  type SessionEnd,
} from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import { formatTime } from '../observability/log-line.ts'
import { hexDump } from './events/hex-dump.ts'

/** `dump(tag?)`: every event is written to the log as it passes. */
export const dump = defineFilter({
  name: 'dump',
  description: 'Outputs events to the log',
  parameters: [
    {
      name: 'tag',
      type: 'unknown | (() => unknown)',
      doc: 'A tag, or a callback function that returns one, to tell dumps apart',
      isOptional: true,
    },
  ],
  plan: (tag?: ValueOf<unknown>) => () => new Dump(tag),
})

class Dump extends Filter {
  readonly #tag: ValueOf<unknown>

  constructor(tag: ValueOf<unknown>) {
    super()
    this.#tag = tag
  }

  process(event: Event): void {
    const { context } = this.session
    let tag: unknown
    try {
      tag = evaluate(context, this.#tag)
    } catch (error) {
      return this.fail(error)
    }
    const tagText = tag ? ` [${String(tag)}]` : ''
    const prefix = `${formatTime(Date.now())} [dump] [context=${context.id}]${tagText}`
    context.runtime.log.raw(`${prefix} ${describe(event)}`)
    this.next.process(event)
  }
}

function describe(event: Event): string {
  switch (event.kind) {
    case DATA: {
      const data = event as Data
      const title = `Data [size=${data.size}]`
      return data.size === 0 ? title : `${title}\n${hexDump(data.toBytes())}`
    }
    case MESSAGE_START:
      return 'MessageStart'
    case INTERIM:
      return 'MessageStart [interim]'
    case MESSAGE_END:
      return 'MessageEnd'
    default: {
      const { error } = event as SessionEnd
      return error === ''
        ? 'SessionEnd [0]'
        : `SessionEnd [${SESSION_ERRORS[error].number}] ${error}`
    }
  }
}
