import './log.css'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { clearLog, LEVELS, level, lines, search, shownLines } from '../state/log.ts'
import { Button } from '../ui/button.tsx'
import { LogRow } from './log-row.tsx'

/** Nearer to the end than this, and the panel follows it. */
const FOLLOW_PIXELS = 30

/** The log, as it grows, with a filter for levels and a search. */
export function LogPanel(): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const isFollowing = useRef(true)
  const shown = shownLines.value
  useLayoutEffect(() => {
    const element = box.current
    if (element !== null && isFollowing.current) element.scrollTop = element.scrollHeight
  }, [shown])
  return (
    <section class="panel log" aria-label="Log">
      <div class="panel-head">
        <h2>Log</h2>
        <label>
          <span class="sr-only">Level</span>
          <select
            value={level.value}
            onChange={({ currentTarget }) => {
              level.value = LEVELS.find((one) => one === currentTarget.value) ?? 'all'
            }}
          >
            {LEVELS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <input
          type="search"
          placeholder="Search"
          aria-label="Search the log"
          value={search.value}
          onInput={({ currentTarget }) => {
            search.value = currentTarget.value
          }}
        />
        <span class="grow dim">
          {shown.length === lines.value.length
            ? `${lines.value.length} lines`
            : `${shown.length} of ${lines.value.length} lines`}
        </span>
        <Button label="Clear" icon="trash" look="bare" onClick={clearLog} />
      </div>
      <div
        ref={box}
        class="log-lines"
        role="log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it
        tabIndex={0}
        onScroll={({ currentTarget }) => {
          const { scrollHeight, scrollTop, clientHeight } = currentTarget
          isFollowing.current = scrollHeight - scrollTop - clientHeight < FOLLOW_PIXELS
        }}
      >
        {shown.map((line) => (
          <LogRow key={line.id} line={line} />
        ))}
      </div>
    </section>
  )
}
