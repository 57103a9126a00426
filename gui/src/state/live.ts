import { computed, effect, signal } from '@preact/signals'
import { type EventHandlers, listen } from '../api/events.ts'
import { closeBuffers, reloadBuffer } from './buffers.ts'
import { refreshFiles } from './files.ts'
import { addRates } from './flow-rates.ts'
import { addLine, loadLog } from './log.ts'
import { attempt } from './notices.ts'
import { type Page, place } from './place.ts'
import { program } from './program.ts'
import { addStats } from './stats.ts'
import { addTapEvent } from './tap.ts'

/** Whether the server tells what happens; null until it has done so once. */
export const isConnected = signal<boolean | null>(null)

const always: EventHandlers = {
  log: addLine,
  program: (state) => {
    program.value = state
  },
  files: ({ path, type, change }) => {
    if (change !== 'changed') refreshFiles()
    // What was typed into a file that somebody else has deleted can still be saved.
    if (change === 'removed') closeBuffers(path, { isKeepingChanges: true })
    else if (type === 'file') void attempt(() => reloadBuffer(path))
  },
}

/** What costs the server something is asked for only where it is shown. */
const ofPage: Readonly<Record<Page, EventHandlers>> = {
  editor: {},
  graph: { flow: addRates, tap: addTapEvent },
  dashboard: { stats: addStats },
}

const isVisible = signal(!document.hidden)

const wanted = computed<EventHandlers>(() => {
  return isVisible.value ? ofPage[place.value.page] : {}
})

/** Listens to the server as long as the page lives. */
export function startListening(): void {
  listen(always, (isOpen) => {
    isConnected.value = isOpen
    if (!isOpen) return
    // What happened in between was told to nobody.
    void attempt(loadLog)
    refreshFiles()
  })
  document.addEventListener('visibilitychange', () => {
    isVisible.value = !document.hidden
  })
  effect(() => {
    const handlers = wanted.value
    if (Object.keys(handlers).length === 0) return undefined
    // Browsers open few streams to one server, so hidden pages have no second one.
    const connection = listen(handlers)
    return () => connection.close()
  })
}
