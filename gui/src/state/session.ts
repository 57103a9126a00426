import { signal } from '@preact/signals'
import type { GuiSession } from '../../../src/admin/gui/contract.ts'
import { readSession, showToken } from '../api/program-api.ts'

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
      await showToken(decodeURIComponent(token))
    }
    session.value = await readSession()
    document.title = `${session.value.rootName} – Sluice`
  } catch (error) {
    sessionError.value = error instanceof Error ? error.message : String(error)
  }
}

/** Tries a token that the user has typed. */
export async function signIn(token: string): Promise<void> {
  await showToken(token)
  session.value = await readSession()
}
