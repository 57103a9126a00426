/** Answers kept at a time; peers choose the texts, so that there has to be an end. */
const MEMO_LIMIT = 256

/** A function of texts that mostly are the same few: remembers its answers. */
export class Memo<T> {
  readonly #compute: (text: string) => T
  readonly #answers = new Map<string, T>()

  constructor(compute: (text: string) => T) {
    this.#compute = compute
  }

  get(text: string): T {
    const known = this.#answers.get(text)
    if (known !== undefined) return known
    const answer = this.#compute(text)
    if (this.#answers.size >= MEMO_LIMIT) this.#answers.clear()
    this.#answers.set(text, answer)
    return answer
  }
}
