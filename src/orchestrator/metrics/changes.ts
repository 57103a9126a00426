/** Numbers that grow: as they are, and by how much they have grown in an interval. */
export interface Change {
  readonly now: Float64Array
  readonly change: Float64Array
}

/** Remembers groups of numbers from one reading to the next. */
export class Changes {
  readonly #groups = new Map<string, Float64Array>()

  /** What a group has become since it was given last; the first time, all of it is a change. */
  advance(name: string, now: Float64Array): Change {
    const before = this.#groups.get(name)
    this.#groups.set(name, now)
    return { now, change: before === undefined ? now : now.map((n, i) => n - (before[i] ?? 0)) }
  }
}

/** The changes of several groups of the same length as one. */
export function addUp(changes: readonly Change[], length: number): Change {
  const sum: Change = { now: new Float64Array(length), change: new Float64Array(length) }
  for (const { now, change } of changes) {
    for (let i = 0; i < length; i++) {
      sum.now[i] = (sum.now[i] as number) + (now[i] as number)
      sum.change[i] = (sum.change[i] as number) + (change[i] as number)
    }
  }
  return sum
}
