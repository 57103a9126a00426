import { effect, signal } from '@preact/signals'
import { remembered } from './remembered.ts'

export type Theme = 'dark' | 'light'

const memory = remembered<Theme | null>('theme', null)
const preferred = matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark'

/** What the page looks like: as the system does, until somebody chooses. */
export const theme = signal<Theme>(memory.read() ?? preferred)

effect(() => {
  document.documentElement.dataset.theme = theme.value
})

export function switchTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark'
  memory.write(theme.value)
}
