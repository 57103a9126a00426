import type { LogNames } from '../filters/access-log/fields.ts'
import { LogClock } from '../filters/access-log/log-clock.ts'
import { formatAddress } from './format-address.ts'
import type { ListenSpec, LoadBalancerSpec, ScriptSpec } from './spec.ts'

/** The names that a load balancer has. */
export function namesOf({ listen, upstreams }: LoadBalancerSpec): LogNames {
  return {
    clock: new LogClock(),
    listeners: listen.map(({ name }) => name),
    routes: listen.map(({ service }) =>
      service.protocol === 'http' ? service.routes.map(({ name }) => name) : [],
    ),
    upstreams: upstreams.map(({ name }) => name),
  }
}

/** The names that a script has: its routes and upstreams have none. */
export function namesOfScript({ listen }: ScriptSpec): LogNames {
  return { clock: new LogClock(), listeners: listenerNames(listen), routes: [], upstreams: [] }
}

/** What a script's listeners are called in logs and metrics: no two alike. */
export function listenerNames(listen: readonly ListenSpec[]): string[] {
  const names = listen.map((one) => one.name ?? formatAddress(one))
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((one) => one === name).length
    return earlier === 0 ? name : `${name}#${earlier + 1}`
  })
}
