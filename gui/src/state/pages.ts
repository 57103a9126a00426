import { effect, signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { attempt } from './notices.ts'
import { PAGES, type Page, place } from './place.ts'

/**
 * Each page is a file of its own: browsers take longer to read the editor than for all else, and who
 * watches a dashboard does not need it.
 */
const LOADERS: Readonly<Record<Page, () => Promise<ComponentType>>> = {
  editor: async () => (await import('../editor/editor-page.tsx')).EditorPage,
  graph: async () => (await import('../graph/graph-page.tsx')).GraphPage,
  dashboard: async () => (await import('../dashboard/dashboard-page.tsx')).DashboardPage,
}

/** The pages that are there. */
export const pages = signal<Readonly<Partial<Record<Page, ComponentType>>>>({})

const QUIET_MS = 1000

/** Loads the page that is wanted, and the others when it has been there for a while. */
export function loadPages(): void {
  effect(() => {
    const { page } = place.value
    void attempt(() => load(page))
  })
  setTimeout(() => {
    for (const page of PAGES) void attempt(() => load(page))
  }, QUIET_MS)
}

async function load(page: Page): Promise<void> {
  if (pages.peek()[page] !== undefined) return
  const component = await LOADERS[page]()
  pages.value = { ...pages.value, [page]: component }
}
