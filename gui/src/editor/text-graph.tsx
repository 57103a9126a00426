import type { JSX } from 'preact'
import { FlowView } from '../graph/flow-view.tsx'
import { showPlace } from '../state/jump.ts'
import { findInFlow, selectedId } from '../state/program-flow.ts'
import { session } from '../state/session.ts'
import { letRun, type TextFlow, textFlow } from '../state/text-flow.ts'
import { Button } from '../ui/button.tsx'

const NOTES: Readonly<Record<TextFlow['state'], string>> = {
  current: '',
  'before-error': 'As it was before the error',
  'as-saved': 'As it was when it was saved',
  'not-run': '',
}

/** The flow graph of the text in the editor; a click leads to the line. */
export function TextGraph(): JSX.Element {
  const flow = textFlow.value
  if (flow?.state === 'not-run') return <NotRun path={flow.path} />
  const graph = flow?.graph ?? null
  if (graph === null || graph.modules.every((one) => one.pipelines.length === 0)) {
    return <p class="placeholder">The flow graph of a script or config appears here.</p>
  }
  const note = NOTES[flow?.state ?? 'current']
  return (
    <FlowView
      key={flow?.path}
      graph={graph}
      direction="down"
      selectedId={selectedId.value}
      onSelect={(id) => {
        selectedId.value = id
        const found = findInFlow(graph, id)
        const place = found?.filter?.place ?? found?.pipeline.place
        if (found !== undefined && place !== undefined) showPlace(found.modulePath, place)
      }}
      {...(note === '' ? {} : { note: <span class="warn">{note}</span> })}
    />
  )
}

/** A config that is a module says nothing before it runs, and may do anything then. */
function NotRun({ path }: { path: string }): JSX.Element {
  return (
    <div class="placeholder">
      <p>What a module says is known only when it has run.</p>
      {session.value?.isReadonly === true ? (
        <p>The UI is read-only, so it does not run here.</p>
      ) : (
        <Button label="Run it to draw it" icon="play" onClick={() => letRun(path)} />
      )}
    </div>
  )
}
