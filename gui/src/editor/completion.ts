import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippetCompletion,
} from '@codemirror/autocomplete'
import { syntaxTree } from '@codemirror/language'
import { registry } from '../state/registry.ts'
import { entryCard } from './entry-card.ts'
import { candidates, type Entry, wordBefore } from './lookup.ts'

/** A name before the cursor and what it belongs to are never longer, nor further apart. */
const LOOK_BACK = 200
const SILENT = new Set(['String', 'TemplateString', 'LineComment', 'BlockComment', 'RegExp'])

/** Completes filters, classes and their members from what the server knows. */
export function completeScript(context: CompletionContext): CompletionResult | null {
  const known = registry.peek()
  if (known === null || SILENT.has(syntaxTree(context.state).resolveInner(context.pos, -1).name))
    return null
  const before = context.state.sliceDoc(Math.max(0, context.pos - LOOK_BACK), context.pos)
  const word = wordBefore(before)
  if (word === undefined && !context.explicit) return null
  return {
    from: context.pos - (word ?? '').length,
    options: candidates(known, before).map(toCompletion),
    validFor: /^[\w$]*$/,
  }
}

function toCompletion(entry: Entry): Completion {
  const { doc } = entry
  const info = (): HTMLElement => entryCard(entry)
  if (entry.type === 'filter') {
    const parameters = entry.doc.parameters.map((one) => one.name).join(', ')
    const detail = `(${parameters})`
    // The cursor goes where arguments are expected.
    const template = `${doc.name}(${parameters === '' ? '' : '#{}'})`
    return snippetCompletion(template, { label: doc.name, type: 'method', detail, info, boost: 10 })
  }
  const type = { class: 'class', object: 'namespace', function: 'function', value: 'variable' }
  return { label: doc.name, type: type[entry.doc.kind], info }
}
