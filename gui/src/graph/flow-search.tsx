import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import type { Card } from './layout.ts'

export interface FlowSearchProps {
  readonly cards: readonly Card[]
  readonly onFind: (card: Card) => void
}

/** Finds pipelines by a part of their title: `Enter` goes to the next. */
export function FlowSearch({ cards, onFind }: FlowSearchProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null)
  const last = useRef(-1)
  const find = (): void => {
    const wanted = input.current?.value.trim().toLowerCase() ?? ''
    if (wanted === '') return
    const isWanted = ({ pipeline }: Card): boolean => pipeline.title.toLowerCase().includes(wanted)
    const next = cards.findIndex((card, index) => index > last.current && isWanted(card))
    last.current = next < 0 ? cards.findIndex(isWanted) : next
    const found = cards[last.current]
    input.current?.setCustomValidity(found === undefined ? 'There is no such pipeline.' : '')
    if (found === undefined) input.current?.reportValidity()
    else onFind(found)
  }
  return (
    <form
      class="flow-search"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        find()
      }}
    >
      <input
        ref={input}
        type="search"
        placeholder="Find a pipeline"
        aria-label="Find a pipeline"
        onInput={() => {
          last.current = -1
          input.current?.setCustomValidity('')
        }}
      />
    </form>
  )
}
