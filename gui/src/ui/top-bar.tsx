import type { JSX } from 'preact'
import { hrefOf, PAGES, place } from '../state/place.ts'
import { session } from '../state/session.ts'
import { switchTheme, theme } from '../state/theme.ts'
import { Button } from './button.tsx'
import { ProgramStatus } from './program-status.tsx'
import { isHelpOpen } from './shortcuts.ts'

const TITLES = { editor: 'Editor', graph: 'Graph', dashboard: 'Dashboard' }

/** Pages, the program, and what concerns the whole UI. */
export function TopBar(): JSX.Element {
  const { page, file } = place.value
  return (
    <header class="top">
      <span class="brand">
        <img src="/icon.svg" alt="" />
        Sluice
      </span>
      <nav class="tabs" aria-label="Pages">
        {PAGES.map((one) => (
          <a key={one} href={hrefOf(one, file)} aria-current={one === page ? 'page' : undefined}>
            {TITLES[one]}
          </a>
        ))}
      </nav>
      <span class="grow" />
      {session.value?.isReadonly === true && <span class="warn">read-only</span>}
      <ProgramStatus />
      <Button
        label={theme.value === 'dark' ? 'Light theme' : 'Dark theme'}
        shortcut="Alt-T"
        icon={theme.value === 'dark' ? 'sun' : 'moon'}
        look="bare"
        onClick={switchTheme}
      />
      <Button
        label="Help"
        shortcut="F1"
        icon="help"
        look="bare"
        onClick={() => {
          isHelpOpen.value = true
        }}
      />
    </header>
  )
}
