import type { Data } from '../engine/data.ts'
import { defineFilter } from '../engine/definition.ts'
import { DATA, type Event, MESSAGE_END, SESSION_END } from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'

/** `print()`: the bytes that pass are written to the log as text. */
export const print = defineFilter({
  name: 'print',
  description: 'Outputs raw data to the log',
  parameters: [],
  plan: () => () => new Print(),
})

/** A line is broken after so many characters, so that none waits for its end for ever. */
const LINE_LIMIT = 100
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL_CHARACTERS = /[\x00-\x1f\x7f-\x9f]/g

class Print extends Filter {
  #decoder: InstanceType<typeof TextDecoder> | null = null
  #line = ''

  process(event: Event): void {
    if (event.kind === DATA) this.#write(event as Data)
    else if (event.kind === MESSAGE_END || event.kind === SESSION_END) this.#flush()
    this.next.process(event)
  }

  override reset(): void {
    this.#decoder = null
    this.#line = ''
  }

  #write(data: Data): void {
    // One for each session: a character may be cut in two by the network.
    this.#decoder ??= new TextDecoder()
    const lines = this.#decoder.decode(data.toBytes(), { stream: true }).split('\n')
    for (let i = 0; i < lines.length; i++) {
      this.#line += (lines[i] as string).replace(CONTROL_CHARACTERS, '')
      while (this.#line.length > LINE_LIMIT) {
        this.#log(this.#line.slice(0, LINE_LIMIT))
        this.#line = this.#line.slice(LINE_LIMIT)
      }
      if (i < lines.length - 1) {
        this.#log(this.#line)
        this.#line = ''
      }
    }
  }

  #flush(): void {
    if (this.#line !== '') this.#log(this.#line)
    this.reset()
  }

  #log(line: string): void {
    this.session.context.runtime.log.raw(line)
  }
}
