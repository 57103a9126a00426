import { signal } from '@preact/signals'
import { runCurrent, saveCurrent } from '../state/file-actions.ts'
import { go } from '../state/place.ts'
import { isRunning, restart, stop } from '../state/program.ts'
import { session } from '../state/session.ts'
import { switchTheme } from '../state/theme.ts'

/** Keys that work everywhere. */
export interface Shortcut {
  readonly keys: string
  readonly text: string
  readonly matches: (event: KeyboardEvent) => boolean
  readonly act: () => void
  /** Nothing that a read-only UI could do. */
  readonly isChange?: boolean
}

export const isHelpOpen = signal(false)

export const shortcuts: readonly Shortcut[] = [
  {
    keys: 'Ctrl-S',
    text: 'Save the file',
    matches: (event) => isControl(event) && event.key.toLowerCase() === 's',
    act: () => void saveCurrent(),
    isChange: true,
  },
  {
    keys: 'Ctrl-Enter',
    text: 'Save the file and run it',
    matches: (event) => isControl(event) && event.key === 'Enter',
    act: () => void runCurrent(),
    isChange: true,
  },
  {
    keys: 'Alt-R',
    text: 'Restart the running program',
    matches: isAlt('KeyR'),
    act: () => void restart(),
    isChange: true,
  },
  {
    keys: 'Alt-S',
    text: 'Stop the running program',
    matches: isAlt('KeyS'),
    act: () => {
      if (isRunning.value) void stop()
    },
    isChange: true,
  },
  { keys: 'Alt-1', text: 'Editor', matches: isAlt('Digit1'), act: () => go('editor') },
  { keys: 'Alt-2', text: 'Graph', matches: isAlt('Digit2'), act: () => go('graph') },
  { keys: 'Alt-3', text: 'Dashboard', matches: isAlt('Digit3'), act: () => go('dashboard') },
  { keys: 'Alt-T', text: 'Dark or light', matches: isAlt('KeyT'), act: switchTheme },
  {
    keys: 'F1',
    text: 'This help',
    matches: (event) => event.key === 'F1',
    act: () => {
      isHelpOpen.value = true
    },
  },
]

/** Has the page listen to its shortcuts. */
export function startShortcuts(): void {
  // Before the editor, which would put a line break at Ctrl-Enter.
  addEventListener('keydown', onKey, { capture: true })
}

function onKey(event: KeyboardEvent): void {
  const found = shortcuts.find((one) => one.matches(event))
  if (found === undefined) return
  event.preventDefault()
  event.stopPropagation()
  const isForbidden = found.isChange === true && session.value?.isReadonly === true
  if (!isForbidden && document.querySelector('dialog[open]') === null) found.act()
}

function isControl({ ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && !altKey && !shiftKey
}

/** By the place of the key: with Alt, some layouts give other letters. */
function isAlt(code: string): (event: KeyboardEvent) => boolean {
  return (event) => event.altKey && !event.ctrlKey && !event.metaKey && event.code === code
}
