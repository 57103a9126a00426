import './notices.css'
import type { JSX } from 'preact'
import { dismiss, notices } from '../state/notices.ts'
import { Button } from './button.tsx'

/** What the user should know now, in the corner of the page. */
export function Notices(): JSX.Element {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, kind, text }) => (
        <div key={id} class={kind === 'bad' ? 'notice is-bad' : 'notice'}>
          <span class="grow">{text}</span>
          <Button label="Dismiss" icon="close" look="bare" onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  )
}
