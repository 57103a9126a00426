import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { session } from '../state/session.ts'
import { isTapping, stopTap, tap, tapFilter } from '../state/tap.ts'
import { Button } from '../ui/button.tsx'
import { type BodyView, TapEventRow } from './tap-event.tsx'

const MAX_EVENTS = 1000
const DEFAULT_EVENTS = 20
const VIEWS: readonly BodyView[] = ['auto', 'text', 'hex']

/** Shows the next events of a filter of the running program. */
export function TapPanel({ filter }: { filter: string }): JSX.Element {
  const [count, setCount] = useState(DEFAULT_EVENTS)
  const [view, setView] = useState<BodyView>('auto')
  const shown = tap.value?.filter === filter ? tap.value : null
  const isActive = shown !== null && isTapping.value
  if (session.value?.isReadonly === true) {
    return (
      <section>
        <h3>Tap</h3>
        <p class="dim">Not while the UI is read-only: taps show what clients send.</p>
      </section>
    )
  }
  return (
    <section aria-label="Tap">
      <h3>Tap</h3>
      <div class="tap-controls">
        <label>
          Next{' '}
          <input
            type="number"
            min="1"
            max={MAX_EVENTS}
            value={count}
            onInput={({ currentTarget }) => {
              const wanted = Math.round(currentTarget.valueAsNumber)
              if (wanted >= 1 && wanted <= MAX_EVENTS) setCount(wanted)
            }}
          />{' '}
          events
        </label>
        {isActive ? (
          <Button label="Stop" icon="stop" onClick={() => void stopTap()} />
        ) : (
          <Button label="Start" icon="play" onClick={() => void tapFilter(filter, count)} />
        )}
        <label>
          Bodies{' '}
          <select
            value={view}
            onChange={({ currentTarget }) => {
              setView(VIEWS.find((one) => one === currentTarget.value) ?? 'auto')
            }}
          >
            {VIEWS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      </div>
      {isActive && shown.events.length === 0 && (
        <p class="dim">Waiting for a session that begins now…</p>
      )}
      {shown?.events.map((event, index) => (
        <TapEventRow key={index} event={event} view={view} />
      ))}
    </section>
  )
}
