import type { Path, Problem } from './problem.ts'
import type { Config } from './schema/config.ts'
import { hintFor } from './suggest.ts'

/** Checks what one part of a config says of another: names of upstreams, and who has routes. */
export function checkReferences(config: Config): Problem[] {
  const upstreams = Object.keys(config.upstreams)
  const problems: Problem[] = []
  const checkUpstream = (name: string, path: Path): void => {
    if (upstreams.includes(name)) return
    const message = `there is no upstream ${JSON.stringify(name)}${hintFor(name, upstreams)}`
    problems.push({ path, message })
  }
  const checkRoutes = (routes: Config['routes'], path: Path): void => {
    for (const [index, route] of (routes ?? []).entries()) {
      checkUpstream(route.upstream, [...path, index, 'upstream'])
    }
  }

  for (const [index, listener] of config.listeners.entries()) {
    const path = ['listeners', index]
    const { protocol, routes, upstream } = listener
    if (upstream !== undefined) checkUpstream(upstream, [...path, 'upstream'])
    checkRoutes(routes, [...path, 'routes'])
    if (protocol === 'tcp') {
      if (routes !== undefined) {
        const message = 'only HTTP has routes: give the tcp listener an upstream instead'
        problems.push({ path: [...path, 'routes'], message, isAboutKey: true })
      } else if (upstream === undefined) {
        problems.push({ path, message: 'a tcp listener needs an upstream' })
      }
    } else if (routes !== undefined && upstream !== undefined) {
      const message = 'routes and upstream exclude each other: make the upstream the last route'
      problems.push({ path: [...path, 'upstream'], message, isAboutKey: true })
    } else if (routes === undefined && upstream === undefined && config.routes === undefined) {
      problems.push({ path, message: 'leads nowhere: add routes or an upstream' })
    }
  }
  checkRoutes(config.routes, ['routes'])
  return [...problems, ...findTwins(config)]
}

/** Listeners of the same name could not be told apart in logs and metrics. */
function findTwins({ listeners }: Config): Problem[] {
  const names = listeners.map(({ name }) => name)
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index
      ? [{ path: ['listeners', index, 'name'], message: `there is another listener ${name}` }]
      : [],
  )
}
