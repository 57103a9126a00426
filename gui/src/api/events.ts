import type { GuiEvents } from '../../../src/admin/gui/contract.ts'

export type EventKind = keyof GuiEvents

/** What is done with events of each kind. */
export type EventHandlers = { readonly [Kind in EventKind]?: (data: GuiEvents[Kind]) => void }

/** A stream of events, which finds its way back after a break by itself. */
export interface EventConnection {
  close(): void
}

const RETRY_MS = 1000

/** Has handlers called for events of their kinds until the connection is closed. */
export function listen(
  handlers: EventHandlers,
  onConnected: (isConnected: boolean) => void = () => {},
): EventConnection {
  const kinds = Object.keys(handlers).join(',')
  let retry: ReturnType<typeof setTimeout> | undefined
  let source: EventSource
  const open = (): void => {
    source = new EventSource(`/api/v1/events?kinds=${kinds}`)
    source.onopen = () => onConnected(true)
    source.onerror = () => {
      onConnected(false)
      // After an answer other than 200, browsers do not try again.
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MS)
    }
    for (const [kind, handle] of Object.entries(handlers)) {
      source.addEventListener(kind, ({ data }) => {
        // The kind tells which type of the union it is.
        ;(handle as (data: unknown) => void)(JSON.parse(data))
      })
    }
  }
  open()
  return {
    close: () => {
      clearTimeout(retry)
      source.close()
    },
  }
}
