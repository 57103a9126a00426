import { signal } from '@preact/signals'
import type { GuiSession } from '../../../src/admin/gui/contract.ts'
import { readSession, showToken } from '../api/program-api.ts'
import { onTokenNeeded } from '../api/request.ts'
import { attempt } from './notices.ts'

/** What the page knows of its server; null until it has answered. */
export const session = signal<GuiSession | null>(null)

/** Why there is none. */
export const sessionError = signal<string | null>(null)

/** Begins: with the token of the printed address, if it has one. */
export async function beginSession(): Promise<void> {
  const token = /^#token=([^/&]+)/.exec(location.hash)?.[1]
  try {
    if (token !== undefined) {
      // Not for the history, nor for who looks over a shoulder.
      history.replaceState(null, '', location.pathname)
      // One of an earlier start is no good; then the page asks for that of this one.
      await attempt(() => showToken(decodeURIComponent(token)))
    }
    session.value = await readSession()
    document.title = `${session.value.rootName} – Sluice`
  } catch (error) {
    sessionError.value = error instanceof Error ? error.message : String(error)
  }
}

// The token is made anew at each start, and another server may have come to this address.
onTokenNeeded(() => void checkSession())

/** Asks again who the server is, and whether it knows this page. */
export async function checkSession(): Promise<void> {
  let now: GuiSession
  try {
    now = await readSession()
  } catch {
    // Whoever waits for the server tells that.
    return
  }
  const before = session.value
  if (before === null) return
  if (now.rootId !== before.rootId || now.version !== before.version) location.reload()
  else if (JSON.stringify(now) !== JSON.stringify(before)) session.value = now
}

/** Tries a token that the user has typed. */
export async function signIn(token: string): Promise<void> {
  await showToken(token)
  session.value = await readSession()
}
