import type { Builder } from '../configuration.ts'
import type { GateSpec, LoadBalancerSpec } from '../spec.ts'

/**
 * Appends to the open pipeline `name` what refuses requests, and what `addEnd` does with all
 * responses; then opens the pipeline of those that are let in. Returns false, with nothing done, if
 * nothing is refused.
 */
export function openGates(
  program: Builder,
  name: string,
  { access, rateLimits }: GateSpec,
  addEnd: () => void,
): boolean {
  const inner = `${name} let in`
  if (access !== undefined) {
    const target = rateLimits === undefined ? inner : `${name} limited`
    program.limitAccess(target, access)
    addEnd()
    if (rateLimits !== undefined) program.pipeline(target).limitRate(inner, ...rateLimits)
  } else if (rateLimits !== undefined) {
    program.limitRate(inner, ...rateLimits)
    addEnd()
  } else return false
  program.pipeline(inner)
  return true
}

/** Whether anything goes by addresses of clients, which cost a call of the kernel per connection. */
export function needsAddresses({ listen, upstreams }: LoadBalancerSpec): boolean {
  const routes = listen.flatMap(({ service }) =>
    service.protocol === 'http' ? service.routes : [],
  )
  return (
    upstreams.some(({ hash, proxyProtocol }) => {
      return hash === 'address' || proxyProtocol !== undefined
    }) ||
    routes.some(({ access }) => access !== undefined) ||
    [...listen, ...routes].some(({ rateLimits = [] }) => {
      return rateLimits.some(({ key }) => key === 'address')
    })
  )
}
