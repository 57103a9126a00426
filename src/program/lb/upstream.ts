import { Balancer } from '../../balancer/balancer.ts'
import { LeastConnections } from '../../balancer/least-connections.ts'
import { createEndpoint, type Picker } from '../../balancer/picker.ts'
import { Random } from '../../balancer/random.ts'
import { RoundRobin } from '../../balancer/round-robin.ts'
import type { Runtime } from '../../engine/runtime.ts'
import type { Builder } from '../configuration.ts'
import { formatAddress } from '../format-address.ts'
import type { Balance, UpstreamSpec } from '../spec.ts'

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

/** An upstream on one worker, as its pipelines see it. */
export interface Upstream {
  /** The pipeline that balances requests over its endpoints. */
  readonly pipeline: string
  /** The pipeline of one connection to an endpoint. */
  readonly connection: string
  readonly balancer: Balancer
  /** Options of `connect` that limit its connections. */
  readonly timeouts: {
    connectTimeout: number
    responseTimeout: number
    progressTimeout: number
    idleTimeout: number
  }
  /** Chooses the address for the request or connection whose context is running. */
  readonly choose: () => string
  /** The address that was chosen. */
  readonly chosen: () => string
}

/** Makes the balancer of an upstream, which is number `index`, and what its pipelines need. */
export function createUpstream(
  { name, endpoints, balance, timeouts }: UpstreamSpec,
  { index, runtime, isOnly }: { index: number; runtime: Pick<Runtime, 'context'>; isOnly: boolean },
): Upstream {
  const addresses = endpoints.map(formatAddress)
  const balancer = new Balancer(
    addresses.map((address, at) => createEndpoint(address, endpoints[at]?.weight ?? 1)),
    PICKERS[balance](),
  )
  return {
    pipeline: `balance ${name}`,
    connection: isOnly ? 'upstream' : `upstream ${name}`,
    balancer,
    timeouts: {
      connectTimeout: timeouts.connectMs / 1000,
      responseTimeout: timeouts.responseMs / 1000,
      progressTimeout: timeouts.progressMs / 1000,
      idleTimeout: timeouts.idleMs / 1000,
    },
    // The context remembers the choice: the connection may be made later, from a queue.
    choose: () => {
      const address = balancer.select()
      const { context } = runtime
      if (context === null) return address
      context.data = address
      const { request } = context
      if (request !== null) {
        request.upstream = index
        request.endpoint = addresses.indexOf(address)
        request.target = address
        request.attempts++
      }
      return address
    },
    chosen: () => String(runtime.context?.data),
  }
}

/** Appends what sends each request to an endpoint over a pool of connections. */
export function addBalancing(program: Builder, upstream: Upstream): void {
  const { balancer, timeouts } = upstream
  program.mux(upstream.connection, upstream.choose, {
    pipelining: 1,
    maxSessions: MAX_CONNECTIONS,
    maxQueue: MAX_WAITING,
    maxIdle: MAX_IDLE_CONNECTIONS,
    idleTimeout: timeouts.idleTimeout,
    retries: balancer.endpoints.length,
    observer: balancer,
  })
}

/** Adds the pipeline of one HTTP connection to an endpoint. */
export function addConnections(program: Builder, upstream: Upstream): void {
  program
    .pipeline(upstream.connection)
    .encodeHttpRequest()
    .connect(upstream.chosen, upstream.timeouts)
    .decodeHttpResponse()
}

/** Appends what gives each connection one of its own to an endpoint. */
export function addTcp(program: Builder, upstream: Upstream): void {
  const { balancer, timeouts, choose } = upstream
  const retryCount = balancer.endpoints.length
  program.connect(choose, { ...timeouts, eager: true, retryCount, observer: balancer })
}
