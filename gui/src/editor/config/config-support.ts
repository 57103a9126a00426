import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  startCompletion,
} from '@codemirror/autocomplete'
import type { EditorView, Tooltip } from '@codemirror/view'
import type { JsonSchema } from '../../../../src/config/schema-walk.ts'
import { configCard } from './config-card.ts'
import { schemaOf, typeOf } from './config-schema.ts'
import { ConfigText } from './config-text.ts'
import { type Suggestion, suggest } from './suggest.ts'

const MAX_DETAIL = 20

/** Completes keys and values of configs. */
export function completeConfig(
  { state, pos, explicit }: CompletionContext,
  isJson: boolean,
): CompletionResult | null {
  // At the end of a line nothing is offered unasked: `Enter` has to begin a new one.
  const before = state.sliceDoc(state.doc.lineAt(pos).from, pos)
  if (!explicit && !/[\w$"'-]$|: $/.test(before)) return null
  const found = suggest(state.sliceDoc(), pos, isJson)
  if (found === undefined) return null
  const { from, to, options } = found
  return {
    from,
    options: options.map((one, index) => toCompletion(one, index, to - pos)),
    validFor: /^[\w$-]*$/,
  }
}

/** Shows the documentation of the key under the pointer, or of that whose value is there. */
export function explainConfig({ state }: EditorView, pos: number): Tooltip | null {
  const word = new ConfigText(state.sliceDoc()).wordAt(pos)
  const range = word?.scalar.range
  if (word === undefined || range === undefined || range === null) return null
  const path = word.isKey ? [...word.path, String(word.scalar.value)] : word.path
  const dom = configCard(path)
  if (dom === undefined) return null
  return { pos: range[0], end: range[1], above: true, create: () => ({ dom }) }
}

/** The list stays narrow, so that the documentation has room beside it, which tells all of it. */
function detailOf(schema: JsonSchema): string {
  const type = typeOf(schema)
  return type.length > MAX_DETAIL ? `${type.slice(0, MAX_DETAIL)}…` : type
}

/** `rest` is how much behind the cursor is replaced as well; it is not looked for in labels. */
function toCompletion(
  { kind, label, insert, path, isRequired }: Suggestion,
  index: number,
  rest: number,
): Completion {
  const schema = schemaOf(path)
  const [before, after] = insert
  return {
    label,
    type: kind === 'key' ? 'property' : 'enum',
    ...(kind === 'key' && schema !== undefined && { detail: detailOf(schema) }),
    info: () => configCard(path) ?? null,
    // In the order of the schema, what is needed first.
    boost: Math.max(-99, (isRequired ? 50 : 0) - index),
    apply: (view, _completion, from, to) => {
      view.dispatch({
        changes: { from, to: to + rest, insert: `${before}${after}` },
        selection: { anchor: from + before.length },
        userEvent: 'input.complete',
        scrollIntoView: true,
      })
      if (kind === 'key') startCompletion(view)
    },
  }
}
