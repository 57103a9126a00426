import type { JSX } from 'preact'
import type { Problem } from '../../../src/admin/gui/contract.ts'
import { showPlace } from '../state/jump.ts'

/** What is wrong with a file; a click leads to the place. */
export function ProblemList({ problems }: { problems: readonly Problem[] }): JSX.Element | null {
  if (problems.length === 0) return null
  return (
    <ul class="problems" aria-label="Problems">
      {problems.map((problem) => {
        const { severity, message, path, line, column } = problem
        const { endLine = line, endColumn = column } = problem
        return (
          <li key={`${path}:${line}:${column}:${message}`}>
            <button
              type="button"
              onClick={() => showPlace(path, { line, column, endLine, endColumn })}
            >
              <span class={severity === 'error' ? 'bad' : 'warn'}>{severity}</span>{' '}
              {line > 0 && <span class="dim">line {line}: </span>}
              {message}
            </button>
          </li>
        )
      })}
    </ul>
  )
}
