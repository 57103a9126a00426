import { MAX_RATE_LIMITS } from '../balancer/rate-memory.ts'
import type { Path, Problem } from './problem.ts'
import type { Config } from './schema/config.ts'

type Limited = Pick<Config['listeners'][number], 'rateLimit'>

/** Rate limits need memory that all workers share, of which there is so much. */
export function checkRateLimits({ listeners, routes = [] }: Config): Problem[] {
  const names = new Set<string>()
  const problems: Problem[] = []
  const count = ({ rateLimit = [] }: Limited, path: Path): void => {
    for (const [index, { name }] of [rateLimit].flat().entries()) {
      names.add(name ?? [...path, index].join(' '))
    }
    if (names.size <= MAX_RATE_LIMITS || problems.length > 0) return
    const message = `there are more than ${MAX_RATE_LIMITS} rate limits: give the same name to those that can be one`
    problems.push({ path: [...path, 'rateLimit'], message })
  }
  for (const [index, listener] of listeners.entries()) {
    const path = ['listeners', index]
    count(listener, path)
    for (const [at, route] of (listener.routes ?? []).entries())
      count(route, [...path, 'routes', at])
  }
  for (const [at, route] of routes.entries()) count(route, ['routes', at])
  return problems
}
