import { checkAddresses } from './check-addresses.ts'
import { checkListener } from './check-listener.ts'
import { checkPolicies } from './check-policies.ts'
import { checkRateLimits } from './check-rate-limits.ts'
import { checkRoute } from './check-route.ts'
import { checkTcp } from './check-tcp.ts'
import type { Path, Problem } from './problem.ts'
import type { Config } from './schema/config.ts'
import type { Loose } from './sound-part.ts'
import { hintFor } from './suggest.ts'
import { twins } from './twins.ts'

/**
 * Checks what one part of a config says of another: names of upstreams, and who has routes. What is
 * null is not looked at: the schema has complained of it.
 */
export function checkReferences(config: NonNullable<Loose<Config>>): Problem[] {
  const { listeners, routes } = config
  const problems: Problem[] = []
  const checkUpstream = upstreamCheck(config, problems)
  const checkRoutes = (shared: typeof routes, path: Path): void => {
    const names = (shared ?? []).map((route, index) => route?.name ?? String(index))
    const repeated = twins(names)
    for (const [index, route] of (shared ?? []).entries()) {
      if (route === null) continue
      const at = [...path, index]
      if (repeated.includes(index)) {
        problems.push({ path: [...at, 'name'], message: `there is another route ${names[index]}` })
      }
      checkUpstream(route.upstream, [...at, 'upstream'])
      for (const [share, one] of (route.split ?? []).entries()) {
        checkUpstream(one?.upstream, [...at, 'split', share, 'upstream'])
      }
      checkUpstream(route.mirror?.upstream, [...at, 'mirror', 'upstream'])
      problems.push(...checkRoute(route, at))
    }
  }

  for (const [index, listener] of (listeners ?? []).entries()) {
    if (listener === null) continue
    const path = ['listeners', index]
    checkUpstream(listener.upstream, [...path, 'upstream'])
    checkRoutes(listener.routes, [...path, 'routes'])
    problems.push(...checkListener(listener, path, config))
  }
  checkRoutes(routes, ['routes'])
  return [
    ...problems,
    ...checkTcp(config),
    ...findTwins(config),
    ...checkAddresses(config),
    ...checkPolicies(config),
    ...checkRateLimits(config),
  ]
}

/** Finds out whether there is an upstream of a name, if one is given. */
function upstreamCheck({ upstreams = {} }: NonNullable<Loose<Config>>, problems: Problem[]) {
  const names = Object.keys(upstreams ?? {})
  // It may be there under a name that nobody knows, or all of them may.
  const isMissingFrom = names.length === 0 ? [[], ['upstreams']] : [['upstreams']]
  return (name: string | null | undefined, path: Path): void => {
    if (name === undefined || name === null || upstreams === null || names.includes(name)) return
    const hint = names.length === 0 ? ': add it to upstreams' : hintFor(name, names)
    const message = `there is no upstream ${JSON.stringify(name)}${hint}`
    problems.push({ path, message, isMissingFrom })
  }
}

/** Listeners of the same name could not be told apart in logs and metrics. */
function findTwins({ listeners }: NonNullable<Loose<Config>>): Problem[] {
  const names = (listeners ?? []).map((one) => one?.name ?? undefined)
  return twins(names).map((index) => {
    return {
      path: ['listeners', index, 'name'],
      message: `there is another listener ${names[index]}`,
    }
  })
}
