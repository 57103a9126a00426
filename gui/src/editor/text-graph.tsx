import type { JSX } from 'preact'
import { FlowView } from '../graph/flow-view.tsx'
import { showPlace } from '../state/jump.ts'
import { findInFlow, selectedId } from '../state/program-flow.ts'
import { textFlow } from '../state/text-flow.ts'

/** The flow graph of the text in the editor; a click leads to the line. */
export function TextGraph(): JSX.Element {
  const flow = textFlow.value
  const graph = flow?.graph ?? null
  if (graph === null || graph.modules.every((one) => one.pipelines.length === 0)) {
    return <p class="placeholder">The flow graph of a script or config appears here.</p>
  }
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
      {...(flow?.isCurrent === false
        ? { note: <span class="warn">As it was before the error</span> }
        : {})}
    />
  )
}
