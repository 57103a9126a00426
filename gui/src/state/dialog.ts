import { signal } from '@preact/signals'

/** A question to the user that waits for its answer. */
export interface Question {
  readonly title: string
  readonly text?: string
  /** The label of the button that says yes. */
  readonly action: string
  readonly isDangerous?: boolean
  /** With a field for a text. */
  readonly field?: {
    readonly label: string
    readonly initial: string
    /** What is wrong with a text, or nothing. */
    readonly check: (text: string) => string | undefined
  }
  readonly answer: (answer: string | null) => void
}

export const question = signal<Question | null>(null)

/** Asks for a text; null if the user would rather not. */
export function ask(
  title: string,
  action: string,
  field: NonNullable<Question['field']>,
): Promise<string | null> {
  return new Promise((answer) => {
    question.value = { title, action, field, answer }
  })
}

/** Asks for a yes. */
export async function confirm(title: string, text: string, action: string): Promise<boolean> {
  const answer = await new Promise<string | null>((resolve) => {
    question.value = { title, text, action, isDangerous: true, answer: resolve }
  })
  return answer !== null
}
