import type { JSX } from 'preact'
import { rates, ratesByPipeline } from '../state/flow-rates.ts'
import { hrefOf, place } from '../state/place.ts'
import { program } from '../state/program.ts'
import { findInFlow, programFlow, selectedId } from '../state/program-flow.ts'
import { percent } from '../ui/format.ts'
import { Split } from '../ui/split.tsx'
import { FlowView } from './flow-view.tsx'
import { Inspector } from './inspector.tsx'

/** The flow graph of the running program, with what flows through it. */
export function GraphPage(): JSX.Element {
  const graph = programFlow.value
  if (graph === null) {
    return (
      <div class="placeholder">
        <p>No program is running.</p>
        <p>
          <a href={hrefOf('editor', place.value.file)}>Choose one in the editor</a> and run it with
          Ctrl-Enter.
        </p>
      </div>
    )
  }
  const isCurrent = rates.value?.generation === graph.generation
  const selection = findInFlow(graph, selectedId.value)
  return (
    <Split name="inspector" direction="columns" sized="second" initialSize={380}>
      <FlowView
        key={program.value?.path}
        graph={graph}
        direction="right"
        {...(isCurrent ? { rates: ratesByPipeline.value } : {})}
        selectedId={selectedId.value}
        onSelect={(id) => {
          selectedId.value = id
        }}
        note={<Sampling />}
      />
      <div class="panel" style={{ height: '100%' }}>
        <div class="panel-body">
          {selection === undefined ? (
            <p class="placeholder">Click a filter or a pipeline to see what it is and does.</p>
          ) : (
            <Inspector key={selectedId.value} selection={selection} onClose={leave} />
          )}
        </div>
      </div>
    </Split>
  )
}

/** Closes the details; the keys are where they were opened. */
function leave(): void {
  const id = selectedId.value
  selectedId.value = null
  const nodes = document.querySelectorAll<SVGElement>('.flow [data-id]')
  for (const node of nodes) if (node.dataset.id === id) node.focus()
}

/** Whether numbers are of all sessions or of some. */
function Sampling(): JSX.Element {
  const path = program.value?.path
  const sampled = rates.value?.sampled ?? 1
  return (
    <>
      <b>{path}</b>
      {sampled < 1 && <span class="dim"> rates of {percent(sampled)} of the sessions</span>}
    </>
  )
}
