import './inspector.css'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { callRates, ratesByPipeline } from '../state/flow-rates.ts'
import { showPlace } from '../state/jump.ts'
import type { Selection } from '../state/program-flow.ts'
import { filterDoc } from '../state/registry.ts'
import { Button } from '../ui/button.tsx'
import { bytes, percent, perSecond } from '../ui/format.ts'
import { TapPanel } from './tap-panel.tsx'

export interface InspectorProps {
  readonly selection: Selection
  readonly onClose: () => void
}

/** What is known of the chosen pipeline or filter: documentation, options, numbers, a tap. */
export function Inspector({ selection, onClose }: InspectorProps): JSX.Element {
  const { modulePath, pipeline, filter } = selection
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent): void => {
      // A dialog above is closed first.
      if (key === 'Escape' && document.querySelector('dialog[open]') === null) onClose()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  const shown = filter ?? pipeline
  const options = shown.options
  const place = shown.place
  return (
    <section class="inspector" aria-label="Details">
      <section>
        <div class="inspector-head">
          <h2>{filter?.name ?? pipeline.title}</h2>
          <Button label="Close" icon="close" look="bare" shortcut="Esc" onClick={onClose} />
        </div>
        <p class="dim">{filter === undefined ? modulePath : `in ${pipeline.title}`}</p>
        {place !== undefined && (
          <div>
            <Button
              label={`Show line ${place.line}`}
              icon="file"
              onClick={() => showPlace(modulePath, place)}
            />
          </div>
        )}
      </section>
      <Numbers selection={selection} />
      {options !== '' && (
        <section>
          <h3>Options</h3>
          <pre>{options}</pre>
        </section>
      )}
      {filter !== undefined && <Documentation name={filter.name} />}
      {filter !== undefined && <TapPanel key={filter.id} filter={filter.id} />}
    </section>
  )
}

function Documentation({ name }: { name: string }): JSX.Element | null {
  const doc = filterDoc(name)
  if (doc === undefined) return null
  return (
    <section>
      <h3>Documentation</h3>
      <code>{doc.signature}</code>
      <p>{doc.doc}</p>
      {doc.parameters.length > 0 && (
        <dl>
          {doc.parameters.map((one) => [
            <dt key={one.name}>{one.name}</dt>,
            <dd key={`${one.name}-doc`}>{one.doc}</dd>,
          ])}
        </dl>
      )}
    </section>
  )
}

/** What goes into a filter, comes out of it and goes to other pipelines, or through a pipeline. */
function Numbers({ selection }: { selection: Selection }): JSX.Element | null {
  const { pipeline, filter } = selection
  const rates = ratesByPipeline.value.get(pipeline.id)
  if (rates === undefined) return null
  const at = filter === undefined ? 0 : pipeline.filters.indexOf(filter)
  const behind = filter === undefined ? rates.edges.length - 1 : at + 1
  const rows = [
    { name: 'in', edge: rates.edges[at] },
    { name: 'out', edge: rates.edges[behind] },
    ...(filter?.targets ?? []).map(({ to, name }) => {
      return {
        name: `to ${name}`,
        edge: callRates(ratesByPipeline.value.get(to), filter?.id ?? ''),
      }
    }),
  ]
  return (
    <section>
      <h3>Now</h3>
      <table class="table">
        <thead>
          <tr>
            <th />
            <th class="number">messages</th>
            <th class="number">events</th>
            <th class="number">bytes</th>
            <th class="number">errors</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, edge }) => (
            <tr key={name}>
              <th>{name}</th>
              <td class="number">{perSecond(edge?.messages ?? 0)}</td>
              <td class="number">{perSecond(edge?.events ?? 0)}</td>
              <td class="number">{bytes(edge?.bytes ?? 0)}/s</td>
              <td class="number">{perSecond(edge?.errors ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {filter !== undefined && <p class="dim">{percent(rates.shares[at] ?? 0)} of the time</p>}
      {filter === undefined && <p class="dim">{rates.active} sessions open</p>}
    </section>
  )
}
