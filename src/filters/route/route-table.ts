import { compileValue, type ValueMatch, type ValueTest } from './match-value.ts'
import type { RequestView } from './request-view.ts'

/** Conditions on a request; all of those given have to hold. */
export interface RouteMatch {
  /** A host name, or `*.` and a name for all names below that. */
  readonly host?: string
  /** A whole path, the first segments of one, or a regular expression that is found in it. */
  readonly path?: { exact: string } | { prefix: string } | { regex: string }
  /** One method or several. */
  readonly method?: string | readonly string[]
  /** Conditions on header fields by name. */
  readonly headers?: Readonly<Record<string, ValueMatch>>
  /** Conditions on parameters of the query by name. */
  readonly query?: Readonly<Record<string, ValueMatch>>
}

/** A route with its place in the order, in the form that lookups need. */
interface Route {
  readonly index: number
  readonly host: string
  readonly pattern: RegExp | null
  readonly methods: readonly string[] | null
  readonly headers: readonly ValueTest[]
  readonly query: readonly ValueTest[]
}

/** Routes that one host can reach, by what they ask of the path; each list in their order. */
class HostRoutes {
  readonly exact = new Map<string, Route[]>()
  readonly prefixes = new Map<string, Route[]>()
  /** Routes with a regular expression, or with no condition on the path. */
  readonly others: Route[] = []
}

/**
 * Finds the first of a list of routes that a request meets. Not by trying all: routes are grouped
 * by host, and in there by path, so that the time depends on the length of the path and on the
 * routes that share it, and not on the number of routes.
 */
export class RouteTable {
  readonly #byHost = new Map<string, HostRoutes>()
  readonly #hasWildcards: boolean
  readonly #rest: HostRoutes

  /** Throws a TypeError or SyntaxError for a condition that is none. */
  constructor(matches: readonly RouteMatch[]) {
    const entries = matches.map((match, index) => ({ match, route: compileRoute(match, index) }))
    const hosts = new Set(entries.map(({ route }) => route.host).filter((host) => host !== ''))
    for (const host of hosts) {
      this.#byHost.set(host, group(entries.filter(({ route }) => covers(route.host, host))))
    }
    this.#hasWildcards = [...hosts].some((host) => host.startsWith('.'))
    this.#rest = group(entries.filter(({ route }) => route.host === ''))
  }

  /** Index of the first route whose conditions hold; -1 if there is none. */
  find(request: RequestView): number {
    const routes = this.#byHost.size === 0 ? this.#rest : this.#routesOf(request.host)
    const { path } = request
    let best = firstOf(routes.exact.get(path), request, -1)
    if (routes.prefixes.size > 0) {
      let end = path.length
      while (end > 0) {
        best = firstOf(routes.prefixes.get(path.slice(0, end)), request, best)
        end = path.lastIndexOf('/', end - 1)
      }
      best = firstOf(routes.prefixes.get(''), request, best)
    }
    return firstOf(routes.others, request, best)
  }

  #routesOf(host: string): HostRoutes {
    const found = this.#byHost.get(host)
    if (found !== undefined) return found
    if (!this.#hasWildcards) return this.#rest
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const wildcard = this.#byHost.get(host.slice(dot))
      if (wildcard !== undefined) return wildcard
    }
    return this.#rest
  }
}

function compileRoute(match: RouteMatch, index: number): Route {
  const { host = '', path, method, headers = {}, query = {} } = match
  return {
    index,
    // '.example.com' stands for all names below: no host begins with a dot.
    host: host.toLowerCase().replace(/^\*(?=\.)/, ''),
    pattern: path !== undefined && 'regex' in path ? new RegExp(path.regex) : null,
    methods: method === undefined ? null : typeof method === 'string' ? [method] : method,
    headers: Object.entries(headers).map(([name, value]) =>
      compileValue(name.toLowerCase(), value),
    ),
    query: Object.entries(query).map(([name, value]) => compileValue(name, value)),
  }
}

/** Whether whoever is in the group of `host` meets a condition on the host. */
function covers(condition: string, host: string): boolean {
  if (condition === '' || condition === host) return true
  return condition.startsWith('.') && host.endsWith(condition)
}

function group(entries: readonly { match: RouteMatch; route: Route }[]): HostRoutes {
  const routes = new HostRoutes()
  for (const { match, route } of entries) {
    const { path } = match
    if (path !== undefined && 'exact' in path) add(routes.exact, path.exact, route)
    else if (path !== undefined && 'prefix' in path) {
      // '/api/' and '/api' are the same: both hold for '/api' and '/api/users', not for '/apis'.
      add(routes.prefixes, path.prefix.replace(/\/+$/, ''), route)
    } else routes.others.push(route)
  }
  return routes
}

function add(lists: Map<string, Route[]>, key: string, route: Route): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [route])
  else list.push(route)
}

/** The first of `routes` whose remaining conditions hold, if it comes before route `best`. */
function firstOf(routes: readonly Route[] | undefined, request: RequestView, best: number): number {
  if (routes === undefined) return best
  for (let i = 0; i < routes.length; i++) {
    const route = routes[i] as Route
    if (best >= 0 && route.index > best) return best
    if (holds(route, request)) return route.index
  }
  return best
}

function holds(route: Route, request: RequestView): boolean {
  const { pattern, methods, headers, query } = route
  if (pattern !== null && !pattern.test(request.path)) return false
  if (methods !== null && !methods.includes(request.method)) return false
  for (let i = 0; i < headers.length; i++) {
    const test = headers[i] as ValueTest
    if (!test.holds(request.field(test.name))) return false
  }
  for (let i = 0; i < query.length; i++) {
    const test = query[i] as ValueTest
    if (!test.holds(request.parameter(test.name))) return false
  }
  return true
}
