/** How to change a path: replace its first segments, what a regular expression finds, or all. */
export type PathRewriteOptions =
  | { readonly prefix: string; readonly to: string }
  | { readonly regex: string; readonly to: string }
  | { readonly to: string }

/** What must never be in a request target, or in a Location, and what ends a path. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const FORBIDDEN = /[\x00-\x20?#\x7f-\uffff]/

/** Changes paths in one way. Throws a TypeError or SyntaxError for what could not work. */
export class PathRewrite {
  readonly #prefix: string | null
  readonly #pattern: RegExp | null
  readonly #to: string

  constructor(options: PathRewriteOptions) {
    const { to } = options
    if (typeof to !== 'string' || FORBIDDEN.test(to)) {
      throw new TypeError(`no text for a path: ${JSON.stringify(to)}`)
    }
    this.#pattern = 'regex' in options ? new RegExp(options.regex) : null
    this.#prefix = 'prefix' in options ? options.prefix.replace(/\/+$/, '') : null
    this.#to = this.#prefix === null ? to : to.replace(/\/+$/, '')
  }

  /** The new path; a path that does not have the prefix stays as it is. */
  apply(path: string): string {
    if (this.#pattern !== null) return rooted(path.replace(this.#pattern, this.#to))
    if (this.#prefix === null) return rooted(this.#to)
    const rest = path.slice(this.#prefix.length)
    if (!path.startsWith(this.#prefix) || (rest !== '' && !rest.startsWith('/'))) return path
    return rooted(this.#to + rest)
  }
}

function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`
}
