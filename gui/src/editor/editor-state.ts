import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
} from '@codemirror/language'
import { lintGutter, lintKeymap } from '@codemirror/lint'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { EditorState } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { editorTheme } from './editor-theme.ts'
import { languageOf } from './language.ts'

export interface EditorHandlers {
  readonly onChange: (text: string) => void
  /** The user has moved the cursor. */
  readonly onCursor: (line: number, column: number) => void
}

/** A file as the editor begins with it. */
export function createEditorState(
  path: string,
  text: string,
  isReadonly: boolean,
  { onChange, onCursor }: EditorHandlers,
): EditorState {
  return EditorState.create({
    doc: text,
    extensions: [
      lineNumbers(),
      foldGutter(),
      lintGutter(),
      history(),
      drawSelection(),
      indentOnInput(),
      indentUnit.of('  '),
      EditorState.tabSize.of(2),
      EditorState.readOnly.of(isReadonly),
      // Otherwise the first key would change every line of a file from Windows.
      text.includes('\r\n') ? EditorState.lineSeparator.of('\r\n') : [],
      bracketMatching(),
      closeBrackets(),
      autocompletion(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      highlightSelectionMatches(),
      keymap.of([
        // Ctrl-Enter runs the file; the page sees to that.
        ...defaultKeymap.filter((one) => one.key !== 'Mod-Enter'),
        ...closeBracketsKeymap,
        ...searchKeymap,
        ...historyKeymap,
        ...foldKeymap,
        ...completionKeymap,
        ...lintKeymap,
        indentWithTab,
      ]),
      editorTheme,
      languageOf(path),
      EditorView.contentAttributes.of({ 'aria-label': `Text of ${path}` }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.sliceDoc())
        // Not when the page has moved it: it knows why.
        if (update.transactions.some((one) => one.isUserEvent('select'))) {
          const { head } = update.state.selection.main
          const line = update.state.doc.lineAt(head)
          onCursor(line.number, head - line.from + 1)
        }
      }),
    ],
  })
}
