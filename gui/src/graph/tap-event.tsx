import type { JSX } from 'preact'
import type { TapEvent } from '../../../src/admin/gui/contract.ts'
import { bytes, timeOfDay } from '../ui/format.ts'
import { bytesOf, hexOf, isText, textOf } from './body-text.ts'

export type BodyView = 'auto' | 'text' | 'hex'

/** One event that has passed a filter, with its head or the first of its bytes. */
export function TapEventRow({ event, view }: { event: TapEvent; view: BodyView }): JSX.Element {
  const { time, session, side, kind, head, size, error } = event
  return (
    <details class={`tap-event is-${side}`} open={kind !== 'MessageEnd'}>
      <summary>
        <span class="dim">{timeOfDay(time, true)}</span>
        <span>{side}</span>
        <b>{kind}</b>
        {size !== undefined && <span class="dim">{bytes(size)}</span>}
        {error !== undefined && error !== '' && <span class="bad">{error}</span>}
        <span class="dim">#{session}</span>
      </summary>
      {head !== undefined && <pre>{head}</pre>}
      {event.bytes !== undefined && <Body base64={event.bytes} size={size ?? 0} view={view} />}
    </details>
  )
}

interface BodyProps {
  readonly base64: string
  readonly size: number
  readonly view: BodyView
}

function Body({ base64, size, view }: BodyProps): JSX.Element {
  const data = bytesOf(base64)
  const isHex = view === 'hex' || (view === 'auto' && !isText(data))
  const more = size - data.length
  return (
    <pre class={isHex ? 'hex' : undefined}>
      {isHex ? hexOf(data) : textOf(data)}
      {more > 0 && <span class="dim">{`\n… and ${bytes(more)} more`}</span>}
    </pre>
  )
}
