import { setDiagnostics } from '@codemirror/lint'
import type { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Problem } from '../../../src/admin/gui/contract.ts'
import { editBuffer, type FileBuffer } from '../state/buffers.ts'
import { focusWanted } from '../state/focus.ts'
import { jump } from '../state/jump.ts'
import { session } from '../state/session.ts'
import { selectAt } from '../state/text-flow.ts'
import { diagnosticsOf, positionOf } from './diagnostics.ts'
import { createEditorState } from './editor-state.ts'
import { replacement } from './replacement.ts'

/** Cursor and undo history of files that were open before. */
const states = new Map<string, EditorState>()

export interface CodeEditorProps {
  readonly buffer: FileBuffer
  readonly problems: readonly Problem[]
}

/** The text of a file. */
export function CodeEditor({ buffer, problems }: CodeEditorProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const { path, revision, text } = buffer

  useLayoutEffect(() => {
    const element = host.current
    if (element === null) return
    // In a shadow tree the editor's styles are constructed sheets, which the content security
    // policy lets pass; in the page they would be <style> elements, which it does not.
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
    const state = states.get(path) ?? stateOf(path, text)
    const created = new EditorView({ state, parent: root, root })
    view.current = created
    return () => {
      states.set(path, created.state)
      created.destroy()
      view.current = null
    }
  }, [path])

  // Before the user can type again: then the text would be another.
  useLayoutEffect(() => {
    const shown = view.current
    if (shown === null || shown.state.sliceDoc() === text) return
    const change = replacement(shown.state, text)
    // Of other line breaks it is another file for the editor.
    if (change === undefined) shown.setState(stateOf(path, text))
    else shown.dispatch(change)
  }, [path, revision])

  useEffect(() => {
    const shown = view.current
    if (shown === null) return
    shown.dispatch(setDiagnostics(shown.state, diagnosticsOf(shown.state.doc, problems)))
  }, [problems, path, revision])

  const wanted = jump.value
  useEffect(() => {
    const shown = view.current
    if (shown === null || wanted?.path !== path) return
    const { line, column, endLine, endColumn } = wanted.range
    const { doc } = shown.state
    const anchor = positionOf(doc, line, column)
    shown.dispatch({
      selection: { anchor, head: positionOf(doc, endLine, endColumn) },
      effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
    })
    shown.focus()
    jump.value = null
  }, [wanted, path, revision])

  const isFocusWanted = focusWanted.value === path
  useEffect(() => {
    if (!isFocusWanted) return
    view.current?.focus()
    focusWanted.value = null
  }, [isFocusWanted])

  return <div ref={host} class="code-editor" />
}

function stateOf(path: string, text: string): EditorState {
  return createEditorState(path, text, session.value?.isReadonly === true, {
    onChange: (now) => editBuffer(path, now),
    onCursor: (line, column) => selectAt(path, line, column),
  })
}
