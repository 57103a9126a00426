import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { attempt } from '../state/notices.ts'
import { signIn } from '../state/session.ts'

/** Asks for the token that Sluice has printed at its start. */
export function SignIn(): JSX.Element {
  const [token, setToken] = useState('')
  return (
    <main class="placeholder">
      <form
        class="dialog-body"
        onSubmit={(event) => {
          event.preventDefault()
          void attempt(() => signIn(token.trim()))
        }}
      >
        <h2>This Sluice wants to see its token</h2>
        <p>It is printed at the start, behind #token= in the address.</p>
        <label>
          Token
          <input
            type="password"
            autocomplete="off"
            value={token}
            onInput={({ currentTarget }) => setToken(currentTarget.value)}
          />
        </label>
        <button type="submit" class="button primary" disabled={token.trim() === ''}>
          Go on
        </button>
      </form>
    </main>
  )
}
