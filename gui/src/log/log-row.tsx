import type { JSX } from 'preact'
import { memo } from 'preact/compat'
import type { LogLine } from '../state/log.ts'
import { timeOfDay } from '../ui/format.ts'

/** One line; it never changes. */
export const LogRow = memo(function LogRow({ line }: { line: LogLine }): JSX.Element {
  const { time, level, message } = line
  return (
    <div class={`log-line ${level ?? ''}`}>
      <span class="dim">{timeOfDay(time, true)} </span>
      {message}
    </div>
  )
})
