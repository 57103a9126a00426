import type { Extension } from '@codemirror/state'
import { hoverTooltip } from '@codemirror/view'
import { registry } from '../state/registry.ts'
import { entryCard } from './entry-card.ts'
import { explain } from './lookup.ts'

const LOOK_BACK = 200

/** Shows the documentation of the filter or class under the pointer. */
export const hoverDocs: Extension = hoverTooltip((view, pos) => {
  const word = view.state.wordAt(pos)
  const known = registry.peek()
  if (word === null || known === null) return null
  const before = view.state.sliceDoc(Math.max(0, word.from - LOOK_BACK), word.from)
  const entry = explain(known, before, view.state.sliceDoc(word.from, word.to))
  if (entry === undefined) return null
  return {
    pos: word.from,
    end: word.to,
    above: true,
    create: () => ({ dom: entryCard(entry) }),
  }
})
