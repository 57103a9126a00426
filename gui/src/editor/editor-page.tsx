import './editor.css'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { LogPanel } from '../log/log-panel.tsx'
import { currentBuffer, isDirty } from '../state/buffers.ts'
import { loadPlace } from '../state/file-actions.ts'
import { entries, entryOf } from '../state/files.ts'
import { place } from '../state/place.ts'
import { startProblems } from '../state/program.ts'
import { textProblems } from '../state/text-flow.ts'
import { Split } from '../ui/split.tsx'
import { CodeEditor } from './code-editor.tsx'
import { EditorToolbar } from './editor-toolbar.tsx'
import { FileTree } from './file-tree.tsx'
import { ProblemList } from './problem-list.tsx'
import { TextGraph } from './text-graph.tsx'

/** Files, the text of one, its flow graph, and the log. */
export function EditorPage(): JSX.Element {
  const { file } = place.value
  const isListed = entries.value !== null
  // It may be made again after it was deleted.
  const isThere = file !== null && entryOf(`/${file}`) !== undefined
  const loaded = useRef<string | null | undefined>(undefined)
  useEffect(() => {
    if (!isListed || (loaded.current === file && !isThere)) return
    loaded.current = file
    void loadPlace()
  }, [file, isListed, isThere])
  return (
    <Split name="files" direction="columns" sized="first" initialSize={230}>
      <FileTree />
      <Split name="log" direction="rows" sized="second" initialSize={190}>
        <Split name="graph" direction="columns" sized="second" initialSize={440}>
          <OpenFile />
          <TextGraph />
        </Split>
        <LogPanel />
      </Split>
    </Split>
  )
}

function OpenFile(): JSX.Element {
  const buffer = currentBuffer.value
  const own = textProblems.value
  // What a start has found is about the saved text.
  const ofStart = buffer !== undefined && isDirty(buffer) ? [] : startProblems.value
  const others = ofStart.filter((one) => !own.some((known) => known.message === one.message))
  const problems = [...own, ...others]
  return (
    <section class="panel" style={{ height: '100%' }} aria-label="Editor">
      <EditorToolbar />
      <div class="panel-body">
        {buffer === undefined ? (
          <p class="placeholder">Choose a file.</p>
        ) : (
          <CodeEditor
            buffer={buffer}
            problems={problems.filter((one) => one.path === buffer.path)}
          />
        )}
      </div>
      <ProblemList problems={problems} />
    </section>
  )
}
