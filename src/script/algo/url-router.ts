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
    let url = checkString(part, 1)
    for (let i = 0; i < more.length; i++) url = joinPath(url, checkString(more[i], i + 2))
    const slash = url.indexOf('/')
    const question = url.indexOf('?')
    const end = question < 0 ? url.length : question
    if (slash < 0 || slash > end) return undefined
    const path = url.slice(slash + 1, end)
    const host = hostOf(url.slice(0, slash))
    const found = host === '' ? null : (this.#match(host, path) ?? this.#match(parent(host), path))
    return (found ?? this.#match('', path))?.value
  }

  #match(host: string, path: string): { readonly value: V } | null {
    let node = this.#hosts.get(host)
    // The longest prefix seen so far, for when the path leads no further.
    let best: { readonly value: V } | null = null
    for (let at = 0; node !== undefined; ) {
      best = node.prefix ?? best
      // Behind the last segment, whose end is the end of the path.
      if (at > path.length) return node.exact ?? best
      const slash = path.indexOf('/', at)
      const end = slash < 0 ? path.length : slash
      node = node.children.get(path.slice(at, end))
      at = end + 1
    }
    return best
  }
}

/** A host in lower case without its port. */
function hostOf(authority: string): string {
  const colon = authority.lastIndexOf(':')
  // The colons of an IPv6 address are inside of brackets.
  const hasPort = colon >= 0 && !authority.endsWith(']')
  return (hasPort ? authority.slice(0, colon) : authority).toLowerCase()
}

/** The pattern for all hosts that differ in the first label. */
function parent(host: string): string {
  const dot = host.indexOf('.')
  return dot < 0 ? '*' : `*${host.slice(dot)}`
}

function childOf<V>(nodes: Map<string, PathNode<V>>, key: string): PathNode<V> {
  let node = nodes.get(key)
  if (node === undefined) {
    node = { children: new Map(), exact: null, prefix: null }
    nodes.set(key, node)
  }
  return node
}

/** Joins with exactly one slash at the seam. */
function joinPath(left: string, right: string): string {
  if (left.endsWith('/') && right.startsWith('/')) return left + right.slice(1)
  return left.endsWith('/') || right.startsWith('/') ? left + right : `${left}/${right}`
}
