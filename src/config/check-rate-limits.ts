import { MAX_RATE_LIMITS } from '../balancer/rate-memory.ts'
import type { Path, Problem } from './problem.ts'
import type { Config } from './schema/config.ts'
import type { Loose } from './sound-part.ts'

type Limited = Loose<Pick<Config['listeners'][number], 'rateLimit'>>

/** Rate limits need memory that all workers share, of which there is so much. */
export function checkRateLimits({ listeners, routes }: NonNullable<Loose<Config>>): Problem[] {
  const names = new Set<string>()
  const problems: Problem[] = []
  const count = (limited: Limited, path: Path): void => {
    for (const [index, limit] of [limited?.rateLimit ?? []].flat().entries()) {
      names.add(limit?.name ?? [...path, index].join(' '))
    }
    if (names.size <= MAX_RATE_LIMITS || problems.length > 0) return
    const message = `there are more than ${MAX_RATE_LIMITS} rate limits: give the same name to those that can be one`
    problems.push({ path: [...path, 'rateLimit'], message })
  }
  for (const [index, listener] of (listeners ?? []).entries()) {
    const path = ['listeners', index]
    count(listener, path)
    for (const [at, route] of (listener?.routes ?? []).entries())
      count(route, [...path, 'routes', at])
  }
  for (const [at, route] of (routes ?? []).entries()) count(route, ['routes', at])
  return problems
}
