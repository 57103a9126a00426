import type { GuiEvents } from '../../../src/admin/gui/contract.ts'

export type EventKind = keyof GuiEvents

/** What is done with events of each kind. */
export type EventHandlers = { readonly [Kind in EventKind]: (data: GuiEvents[Kind]) => void }

/** What becomes of a stream. */
export interface ConnectionHandlers {
  readonly onOpen: () => void
  /** It is tried again; the server has refused it, or is not there. */
  readonly onBreak: (isRefused: boolean) => void
}

/** What a stream tells. */
export interface StreamWish {
  readonly kinds: readonly EventKind[]
  /** Whose distributions of latencies come with `stats`. */
  readonly distributions: readonly string[]
}

/** A stream of events, which finds its way back after a break by itself. */
export interface EventConnection {
  close(): void
}

const RETRY_MS = 1000

/** Has handlers called for events until the connection is closed. */
export function listen(
  { kinds, distributions }: StreamWish,
  handlers: EventHandlers,
  { onOpen, onBreak }: ConnectionHandlers,
): EventConnection {
  let retry: ReturnType<typeof setTimeout> | undefined
  let source: EventSource
  const more = distributions.length > 0 ? `&distributions=${distributions.join(',')}` : ''
  const open = (): void => {
    source = new EventSource(`/api/v1/events?kinds=${kinds.join(',')}${more}`)
    source.onopen = onOpen
    source.onerror = () => {
      // After an answer other than 200, browsers do not try again.
      const isRefused = source.readyState === EventSource.CLOSED
      if (isRefused) retry = setTimeout(open, RETRY_MS)
      onBreak(isRefused)
    }
    for (const kind of kinds) {
      source.addEventListener(kind, ({ data }) => {
        // The kind tells which type of the union it is.
        ;(handlers[kind] as (data: unknown) => void)(JSON.parse(data))
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
