import { defineFilter } from '../engine/definition.ts'
import { type Event, MESSAGE_START, type MessageStart } from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import { changeable, HeadEditor, type HeaderChanges } from './http/header-changes.ts'

/** `changeResponse(headers)`: other header fields. Responses that stand for a failure stay. */
export const changeResponse = defineFilter({
  name: 'changeResponse',
  description: 'Changes the header fields of HTTP responses',
  parameters: [{ name: 'headers', type: 'HeaderChanges', doc: 'set, add, remove' }],
  plan: (headers: HeaderChanges) => {
    if (typeof headers !== 'object' || headers === null) {
      throw new TypeError('argument #1 expects an object')
    }
    const editor = new HeadEditor(headers)
    return () => new ChangeResponse(editor)
  },
})

class ChangeResponse extends Filter {
  readonly #editor: HeadEditor

  constructor(editor: HeadEditor) {
    super()
    this.#editor = editor
  }

  process(event: Event): void {
    if (event.kind !== MESSAGE_START) return this.next.process(event)
    const start = changeable(event as MessageStart)
    this.#editor.edit(start)
    this.next.process(start)
  }
}
