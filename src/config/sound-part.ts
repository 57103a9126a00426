import type { Path, Problem } from './problem.ts'

/** A value of which any part may be missing; null is a part that is there, and not what it should be. */
export type Loose<T> = T extends readonly (infer Item)[]
  ? Loose<Item>[] | null
  : T extends object
    ? { [Key in keyof T]?: Loose<T[Key]> | null | undefined } | null
    : T | null

/** What is left of a value without the parts that problems are about. */
export function soundPart(value: unknown, problems: readonly Problem[]): unknown {
  return problems.reduce((left, { path }) => without(left, path), value)
}

function without(value: unknown, path: Path): unknown {
  const [part, ...rest] = path
  if (part === undefined || typeof value !== 'object' || value === null) return null
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === part ? without(item, rest) : item))
  }
  const inner = (value as Record<string, unknown>)[part]
  return { ...value, [part]: without(inner, rest) }
}

/**
 * Leaves out problems that follow from others: what is missing from a section may be there under a name
 * that nobody knows.
 */
export function withoutConsequences(
  problems: readonly Problem[],
  known: readonly Problem[],
): Problem[] {
  const sections = new Set(
    known.filter(({ isAboutKey }) => isAboutKey).map(({ path }) => keyOf(path.slice(0, -1))),
  )
  return problems.filter(
    ({ isMissingFrom = [] }) => !isMissingFrom.some((path) => sections.has(keyOf(path))),
  )
}

function keyOf(path: Path): string {
  return JSON.stringify(path)
}
