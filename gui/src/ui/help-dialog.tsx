import type { JSX } from 'preact'
import { session } from '../state/session.ts'
import { Modal } from './modal.tsx'
import { isHelpOpen, shortcuts } from './shortcuts.ts'

/** Keys of parts of the page, which look after them themselves. */
const OF_PARTS = [
  { keys: 'Ctrl-Space', text: 'In the editor: what can be written here' },
  { keys: 'Ctrl-F', text: 'In the editor: search and replace' },
  { keys: 'Escape, Tab', text: 'In the editor: leave it' },
  { keys: '← ↑ → ↓ + − 0', text: 'In a graph: pan, zoom, show all' },
  { keys: '↑ ↓ Enter F2 Del', text: 'In the file tree: move, open, rename, delete' },
  { keys: '← ↑ → ↓', text: 'On a divider: move it' },
]

/** The keys of the page. */
export function HelpDialog(): JSX.Element | null {
  if (!isHelpOpen.value) return null
  const close = (): void => {
    isHelpOpen.value = false
  }
  return (
    <Modal title="Keys" onClose={close}>
      <dl class="shortcuts">
        {[...shortcuts, ...OF_PARTS].map(({ keys, text }) => [
          <dt key={text}>
            <kbd>{keys}</kbd>
          </dt>,
          <dd key={`${text}.`}>{text}</dd>,
        ])}
      </dl>
      <p class="dim">Sluice {session.value?.version}</p>
      <div class="dialog-buttons">
        <button type="button" class="button primary" onClick={close}>
          Close
        </button>
      </div>
    </Modal>
  )
}
