import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { type Question, question } from '../state/dialog.ts'
import { Modal } from './modal.tsx'

/** The question that waits, if one does. */
export function QuestionDialog(): JSX.Element | null {
  const waiting = question.value
  return waiting === null ? null : <Waiting question={waiting} />
}

function Waiting({ question: asked }: { question: Question }): JSX.Element {
  const { title, text, action, isDangerous = false, field } = asked
  const [value, setValue] = useState(field?.initial ?? '')
  const problem = field?.check(value)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.select(), [])

  const answer = (given: string | null): void => {
    if (question.value !== asked) return
    question.value = null
    asked.answer(given)
  }
  return (
    <Modal title={title} onClose={() => answer(null)}>
      <form
        class="dialog-body"
        style={{ padding: 0 }}
        onSubmit={(event) => {
          event.preventDefault()
          if (problem === undefined) answer(value)
        }}
      >
        {text !== undefined && <p>{text}</p>}
        {field !== undefined && (
          <label>
            {field.label}
            <input
              ref={input}
              value={value}
              spellcheck={false}
              onInput={(event) => setValue(event.currentTarget.value)}
            />
          </label>
        )}
        {problem !== undefined && value !== field?.initial && (
          <p class="bad" role="alert">
            {problem}
          </p>
        )}
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => answer(null)}>
            Cancel
          </button>
          <button
            type="submit"
            class={isDangerous ? 'button danger' : 'button primary'}
            disabled={problem !== undefined}
          >
            {action}
          </button>
        </div>
      </form>
    </Modal>
  )
}
