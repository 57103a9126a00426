import type { EditorState, Text, TransactionSpec } from '@codemirror/state'

/**
 * Makes a text of that in the editor, and leaves alone what both begin and end with: the cursor, the
 * place on the screen and what can be undone stay. Undefined if the text has other line breaks.
 */
export function replacement(state: EditorState, text: string): TransactionSpec | undefined {
  if (text.includes('\r\n') !== (state.lineBreak === '\r\n')) return undefined
  const { doc, selection } = state
  const next = state.toText(text)
  const [before, after] = [doc.toString(), next.toString()]
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start += 1
  let end = 0
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1
  const [from, to] = [start, before.length - end]
  const { head } = selection.main
  return {
    changes: { from, to, insert: next.slice(from, after.length - end) },
    // What was around a cursor in between is gone; its line is the nearest to where it was.
    ...(head > from && head < to && { selection: { anchor: sameLine(doc, next, head) } }),
    userEvent: 'reload',
  }
}

/** The same line and column in another text, as far as there is one. */
function sameLine(doc: Text, next: Text, position: number): number {
  const { number, from } = doc.lineAt(position)
  const line = next.line(Math.min(number, next.lines))
  return Math.min(line.to, line.from + position - from)
}
