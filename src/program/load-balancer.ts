import { Balancer } from '../balancer/balancer.ts'
import { LeastConnections } from '../balancer/least-connections.ts'
import { createEndpoint, type Picker } from '../balancer/picker.ts'
import { Random } from '../balancer/random.ts'
import { RoundRobin } from '../balancer/round-robin.ts'
import type { Runtime } from '../engine/runtime.ts'
import { type Configuration, pipy } from './configuration.ts'
import type { Address, Balance, LoadBalancerSpec } from './spec.ts'

/** Pooled upstream connections per endpoint and worker that wait for a request. */
const MAX_IDLE_CONNECTIONS = 256
/** Upstream connections per endpoint and worker; requests beyond wait. */
const MAX_CONNECTIONS = 4096
const MAX_WAITING = 4096

const PICKERS: Readonly<Record<Balance, () => Picker>> = {
  'round-robin': () => new RoundRobin(),
  'least-connections': () => new LeastConnections(),
  random: () => new Random(),
}

/**
 * The pipelines of a load balancer, made of the same filters that scripts use. HTTP requests are
 * balanced one by one over pools of kept-alive connections; TCP connections each get one of their
 * own.
 */
export function loadBalancer(spec: LoadBalancerSpec, runtime: Runtime): Configuration {
  const { upstream, timeouts } = spec
  const endpoints = upstream.endpoints.map((one) => createEndpoint(targetText(one), one.weight))
  const balancer = new Balancer(endpoints, PICKERS[upstream.balance]())
  const limits = {
    connectTimeout: timeouts.connectMs / 1000,
    responseTimeout: timeouts.responseMs / 1000,
    idleTimeout: timeouts.idleMs / 1000,
  }
  // The request's context remembers the choice: its connection may be made later, from a queue.
  const choose = (): string => {
    const address = balancer.select()
    if (runtime.context !== null) runtime.context.data = address
    return address
  }
  const chosen = (): string => String(runtime.context?.data)

  const program = pipy()
  for (const { port } of spec.listen) {
    program.listen(port)
    if (spec.tcp) {
      const retryCount = endpoints.length
      program.connect(choose, { ...limits, eager: true, retryCount, observer: balancer })
    } else program.decodeHttpRequest().demux('request').encodeHttpResponse()
  }
  if (!spec.tcp) {
    program.pipeline('request').mux('upstream', choose, {
      pipelining: 1,
      maxSessions: MAX_CONNECTIONS,
      maxQueue: MAX_WAITING,
      maxIdle: MAX_IDLE_CONNECTIONS,
      idleTimeout: limits.idleTimeout,
      retries: endpoints.length,
      observer: balancer,
    })
    program.pipeline('upstream').encodeHttpRequest().connect(chosen, limits).decodeHttpResponse()
  }
  return program
}

function targetText({ host, port, path }: Address): string {
  if (path !== undefined) return `unix:${path}`
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
