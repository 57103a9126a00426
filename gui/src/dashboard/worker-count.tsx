import type { JSX } from 'preact'
import { setWorkers } from '../api/program-api.ts'
import { attempt } from '../state/notices.ts'
import { program } from '../state/program.ts'
import { session } from '../state/session.ts'
import { Button } from '../ui/button.tsx'

/** How many worker threads there are, and buttons for more or fewer. */
export function WorkerCount(): JSX.Element {
  const { workers = 0, workersReady = 0 } = program.value ?? {}
  const isFixed = session.value?.isReadonly === true || workers === 0
  const set = (count: number) => (): void => void attempt(() => setWorkers(count))
  return (
    <fieldset class="worker-count" aria-label="Number of workers">
      {!isFixed && (
        <Button
          label="One worker less"
          icon="minus"
          look="bare"
          isDisabled={workers <= 1}
          onClick={set(workers - 1)}
        />
      )}
      <output aria-label="Workers">{workers}</output>
      {!isFixed && (
        <Button label="One worker more" icon="plus" look="bare" onClick={set(workers + 1)} />
      )}
      {workersReady !== workers && <span class="warn">{workersReady} ready</span>}
    </fieldset>
  )
}
