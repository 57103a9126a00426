/** Where something is in a config: the keys and indices on the way to it. */
export type Path = readonly (string | number)[]

/** Something that is wrong with a config. */
export interface Problem {
  readonly path: Path
  /** What is wrong and how to mend it, in one line. */
  readonly message: string
  /** It is about the key at the end of the path, not about its value. */
  readonly isAboutKey?: boolean
  /** It is about a key that one of these sections should have. */
  readonly isMissingFrom?: readonly Path[]
}

/** Writes `listeners[0].port`. */
export function formatPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[\w$-]+$/.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text
}
