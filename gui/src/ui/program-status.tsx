import type { JSX } from 'preact'
import { hrefOf } from '../state/place.ts'
import { isBusy, isRunning, program, restart, startProblems, stop } from '../state/program.ts'
import { session } from '../state/session.ts'
import { Button } from './button.tsx'

/** What runs, and where it listens. */
export function ProgramStatus(): JSX.Element {
  const { state = 'stopped', path = '', listeners = [], isStale = false } = program.value ?? {}
  const isReadonly = session.value?.isReadonly === true
  return (
    <>
      <div class="status" role="status" aria-label="Program">
        <i class={`lamp ${state}`} />
        <span>
          {state === 'stopped' ? 'stopped' : <b>{path}</b>}
          {(state === 'starting' || state === 'stopping') && <span class="warn"> {state}</span>}
          {state === 'running' && listeners.length > 0 && (
            <span class="dim"> on {listeners.join(', ')}</span>
          )}
          <StartFailure />
          {isStale && state === 'running' && <span class="warn"> · changed since it started</span>}
        </span>
      </div>
      {isRunning.value && !isReadonly && (
        <>
          <Button
            label="Restart"
            icon="restart"
            shortcut="Alt-R"
            {...(isStale ? { look: 'primary' as const } : {})}
            isDisabled={isBusy.value}
            onClick={() => void restart()}
          />
          <Button
            label="Stop"
            icon="stop"
            look="danger"
            shortcut="Alt-S"
            isDisabled={isBusy.value}
            onClick={() => void stop()}
          />
        </>
      )}
    </>
  )
}

/** That the last start has failed, whoever asked for it; the editor lists why. */
function StartFailure(): JSX.Element | null {
  const [problem] = startProblems.value.filter(({ severity }) => severity === 'error')
  if (problem === undefined) return null
  return (
    <>
      {' · '}
      <a class="bad" href={hrefOf('editor', problem.path.slice(1))} title={problem.message}>
        the last start failed
      </a>
    </>
  )
}
