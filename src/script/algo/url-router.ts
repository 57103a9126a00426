import { checkOptionalObject, checkString } from '../arguments.ts'

/** One segment of the paths that a host has rules for. */
interface PathNode<V> {
  readonly children: Map<string, PathNode<V>>
  /** What the path that ends here leads to. */
  exact: { readonly value: V } | null
  /** What all paths that go on from here lead to, and the path itself. */
  prefix: { readonly value: V } | null
}

/**
 * Finds values by host and path.
 *
 *     example.com/a/b     that path only
 *     *.example.com/a/*   /a and all below it, on hosts with one more label
 *     /*                  every path of every host
 */
export class URLRouter<V = unknown> {
  /** Paths by host in lower case; those for all hosts under the empty string. */
  readonly #hosts = new Map<string, PathNode<V>>()

  constructor(rules?: Readonly<Record<string, V>> | null) {
    const given = checkOptionalObject(rules, 1) ?? {}
    for (const [pattern, value] of Object.entries(given)) this.add(pattern, value)
  }

  /** Adds a rule, or replaces the one of the same pattern. */
  add(pattern: string, value: V): void {
    const slash = checkString(pattern, 1).indexOf('/')
    const host = pattern.slice(0, slash).toLowerCase()
    if (slash < 0 || host.includes(':')) throw new Error('invalid URL pattern')
    const segments = pattern.slice(slash + 1).split('/')
    const isPrefix = segments.at(-1) === '*'
    if (isPrefix) segments.pop()
    let node = childOf(this.#hosts, host)
    for (const segment of segments) node = childOf(node.children, segment)
    if (isPrefix) node.prefix = { value }
    else node.exact = { value }
  }

  /**
   * Finds the value for a URL without scheme, given in parts that are joined by slashes. Rules for
   * the host come first, then those with `*` for its first label, then those without a host.
   */
  find(part: string, ...more: string[]): V | undefined {
    const url = [part, ...more].map(checkPart).reduce(joinPath)
    const question = url.indexOf('?')
    const plain = question < 0 ? url : url.slice(0, question)
    const slash = plain.indexOf('/')
    if (slash < 0) return undefined
    const host = plain.slice(0, slash).replace(/:\d*$/, '').toLowerCase()
    const segments = plain.slice(slash + 1).split('/')
    const found =
      (host === '' ? null : this.#match(host, segments)) ??
      (host === '' ? null : this.#match(host.replace(/^[^.]*/, '*'), segments)) ??
      this.#match('', segments)
    return found?.value
  }

  #match(host: string, segments: readonly string[]): { readonly value: V } | null {
    let node = this.#hosts.get(host)
    // The longest prefix seen so far, for when the path leads no further.
    let best: { readonly value: V } | null = null
    for (const segment of segments) {
      best = node?.prefix ?? best
      node = node?.children.get(segment)
      if (node === undefined) return best
    }
    return node?.exact ?? node?.prefix ?? best
  }
}

function childOf<V>(nodes: Map<string, PathNode<V>>, key: string): PathNode<V> {
  let node = nodes.get(key)
  if (node === undefined) {
    node = { children: new Map(), exact: null, prefix: null }
    nodes.set(key, node)
  }
  return node
}

function checkPart(part: unknown, index: number): string {
  return checkString(part, index + 1)
}

/** Joins with exactly one slash at the seam. */
function joinPath(left: string, right: string): string {
  if (left.endsWith('/') && right.startsWith('/')) return left + right.slice(1)
  return left.endsWith('/') || right.startsWith('/') ? left + right : `${left}/${right}`
}
