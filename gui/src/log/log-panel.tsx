import './log.css'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { clearLog, LEVELS, level, lines, search, wantedLines } from '../state/log.ts'
import { Button } from '../ui/button.tsx'
import { LogRow } from './log-row.tsx'

/** Nearer to the end than this, and the panel follows it. */
const FOLLOW_PIXELS = 30
/** More rows than are seen at the end make a page slow to which lines come all the time. */
const FOLLOWING_ROWS = 200
/** More than anybody scrolls through. */
const MAX_ROWS = 1000

/** The log, as it grows, with a filter for levels and a search. */
export function LogPanel(): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const [isFollowing, setFollowing] = useState(true)
  const wanted = wantedLines.value
  useLayoutEffect(() => {
    const element = box.current
    if (element !== null && isFollowing) element.scrollTop = element.scrollHeight
  }, [wanted, isFollowing])
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
          {wanted.length === lines.value.length
            ? `${wanted.length} lines`
            : `${wanted.length} of ${lines.value.length} lines`}
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
          setFollowing(scrollHeight - scrollTop - clientHeight < FOLLOW_PIXELS)
        }}
      >
        {wanted.slice(isFollowing ? -FOLLOWING_ROWS : -MAX_ROWS).map((line) => (
          <LogRow key={line.id} line={line} />
        ))}
      </div>
    </section>
  )
}
