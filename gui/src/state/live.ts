import { computed, effect, signal } from '@preact/signals'
import { type EventHandlers, type EventKind, listen } from '../api/events.ts'
import { leaveBuffers, openBuffer, refreshBuffers, reloadBuffer } from './buffers.ts'
import { refreshFiles } from './files.ts'
import { addRates } from './flow-rates.ts'
import { ALL, subject } from './latency-subject.ts'
import { addLines, loadLog } from './log.ts'
import { attempt } from './notices.ts'
import { type Page, place } from './place.ts'
import { program, startProblems } from './program.ts'
import { forgetProgramFlow } from './program-flow.ts'
import { checkSession, session } from './session.ts'
import { addStats } from './stats.ts'
import { addTapEvent } from './tap.ts'

/** Whether the server tells what happens; null until it has done so once. */
export const isConnected = signal<boolean | null>(null)

const handlers: EventHandlers = {
  log: addLines,
  program: (state) => {
    program.value = state
    startProblems.value = state.problems
  },
  files: ({ path, type, change }) => {
    if (change !== 'changed') refreshFiles()
    // What was typed into a file that somebody else has deleted can still be saved.
    if (change === 'removed') leaveBuffers(path)
    else if (type === 'file') {
      // A file may be deleted and made again.
      const isShown = path === `/${place.value.file}`
      void attempt(() => reloadBuffer(path))
      if (isShown && change === 'added') void attempt(() => openBuffer(path))
    }
  },
  flow: addRates,
  tap: addTapEvent,
  stats: addStats,
}

const ALWAYS: readonly EventKind[] = ['log', 'program', 'files']

/** What costs the server something is asked for only where it is shown. */
const OF_PAGE: Readonly<Record<Page, readonly EventKind[]>> = {
  editor: [],
  graph: ['flow', 'tap'],
  dashboard: ['stats'],
}

const isVisible = signal(!document.hidden)

/** The page whose events are wanted; null while nobody sees it, or the server wants its token. */
const shownPage = computed<Page | null>(() => {
  return isVisible.value && session.value?.isAuthorized === true ? place.value.page : null
})

/**
 * Listens to the server as long as the page lives. Browsers open no more than six connections to a
 * server: each page has one stream for all kinds, and none while nobody sees it.
 */
export function startListening(): void {
  document.addEventListener('visibilitychange', () => {
    isVisible.value = !document.hidden
  })
  effect(() => {
    const page = shownPage.value
    if (page === null) return undefined
    const wish = { kinds: [...ALWAYS, ...OF_PAGE[page]], distributions: distributionsOf(page) }
    const connection = listen(wish, handlers, {
      onOpen: () => {
        // It may be another server by now.
        if (isConnected.value === false) void checkSession()
        isConnected.value = true
        catchUp()
      },
      onBreak: (isRefused) => {
        isConnected.value = false
        if (isRefused) void checkSession()
      },
    })
    return () => connection.close()
  })
}

/** Whose latency distributions the page shows, beside that of all. */
function distributionsOf(page: Page): readonly string[] {
  return page === 'dashboard' && subject.value !== ALL ? [subject.value] : []
}

/** What happened in between was told to nobody. */
function catchUp(): void {
  forgetProgramFlow()
  void attempt(loadLog)
  refreshFiles()
  void attempt(refreshBuffers)
}
