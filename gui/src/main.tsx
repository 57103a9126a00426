import './styles/theme.css'
import './styles/base.css'
import { effect } from '@preact/signals'
import { render } from 'preact'
import { App } from './app.tsx'
import { loadDrafts } from './state/drafts.ts'
import { loadFiles, loadFolders } from './state/files.ts'
import { startListening } from './state/live.ts'
import { attempt } from './state/notices.ts'
import { loadPages } from './state/pages.ts'
import { followProgram } from './state/program-flow.ts'
import { loadRegistry } from './state/registry.ts'
import { beginSession, session } from './state/session.ts'
import { followText } from './state/text-flow.ts'
import { startShortcuts } from './ui/shortcuts.ts'

const element = document.getElementById('app')
if (element !== null) render(<App />, element)
startShortcuts()
loadPages()
await beginSession()

/** Everything else needs the server's leave, which may come later, with a token. */
const dispose = effect(() => {
  if (session.value?.isAuthorized !== true) return
  const { rootId } = session.value
  queueMicrotask(() => {
    dispose()
    loadDrafts(rootId)
    loadFolders(rootId)
    startListening()
    followText()
    followProgram()
    void attempt(loadFiles)
    void attempt(loadRegistry)
  })
})
