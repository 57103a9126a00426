import { defineFilter } from '../engine/definition.ts'
import { type Event, MESSAGE_START, type MessageStart } from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import type { RequestHead } from './http/head-view.ts'
import { changeable, HeadEditor, type HeaderChanges } from './http/header-changes.ts'
import { PathRewrite, type PathRewriteOptions } from './route/path-rewrite.ts'
import { RequestView } from './route/request-view.ts'

/** What to change about a request. */
export interface RequestChanges {
  readonly path?: PathRewriteOptions
  readonly headers?: HeaderChanges
}

/** `changeRequest(changes)`: another path or other header fields. */
export const changeRequest = defineFilter({
  name: 'changeRequest',
  description: 'Changes the path and header fields of HTTP requests',
  parameters: [{ name: 'changes', type: 'RequestChanges', doc: 'path, headers' }],
  plan: (changes: RequestChanges) => {
    if (typeof changes !== 'object' || changes === null) {
      throw new TypeError('argument #1 expects an object')
    }
    const rewrite = changes.path === undefined ? null : new PathRewrite(changes.path)
    const editor = changes.headers === undefined ? null : new HeadEditor(changes.headers)
    return () => new ChangeRequest(rewrite, editor)
  },
})

const view = new RequestView()

class ChangeRequest extends Filter {
  readonly #rewrite: PathRewrite | null
  readonly #editor: HeadEditor | null

  constructor(rewrite: PathRewrite | null, editor: HeadEditor | null) {
    super()
    this.#rewrite = rewrite
    this.#editor = editor
  }

  process(event: Event): void {
    if (event.kind !== MESSAGE_START) return this.next.process(event)
    const start = changeable(event as MessageStart)
    if (this.#rewrite !== null) rewritePath(start, this.#rewrite)
    this.#editor?.edit(start)
    this.next.process(start)
  }
}

/** What an absolute-form target has before its path stays there. */
function rewritePath(start: MessageStart, rewrite: PathRewrite): void {
  const asked = view.look(start)
  const path = rewrite.apply(asked.path)
  if (path === asked.path) return
  const head = start.head as Partial<RequestHead> | null
  if (head === null) return
  head.path = `${asked.origin}${path}${asked.query === '' ? '' : `?${asked.query}`}`
}
