import './app.css'
import type { JSX } from 'preact'
import { isConnected } from './state/live.ts'
import { pages } from './state/pages.ts'
import { place } from './state/place.ts'
import { session, sessionError } from './state/session.ts'
import { HelpDialog } from './ui/help-dialog.tsx'
import { Notices } from './ui/notices.tsx'
import { QuestionDialog } from './ui/question-dialog.tsx'
import { SignIn } from './ui/sign-in.tsx'
import { TopBar } from './ui/top-bar.tsx'

/** The whole page. */
export function App(): JSX.Element {
  return (
    <>
      <Content />
      <QuestionDialog />
      <HelpDialog />
      <Notices />
    </>
  )
}

function Content(): JSX.Element {
  if (sessionError.value !== null) return <p class="placeholder bad">{sessionError.value}</p>
  if (session.value === null) return <p class="placeholder">Loading…</p>
  if (!session.value.isAuthorized) return <SignIn />
  const Page = pages.value[place.value.page]
  return (
    <div class="app">
      <TopBar />
      <main style={{ minHeight: 0 }}>
        {Page === undefined ? <p class="placeholder">Loading…</p> : <Page />}
      </main>
      {isConnected.value === false && (
        <p class="banner" role="alert">
          The connection to Sluice is lost. Trying again…
        </p>
      )}
    </div>
  )
}
