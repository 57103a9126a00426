import { Cache } from './cache.ts'
import { HashingLoadBalancer } from './hashing-load-balancer.ts'
import { LeastWorkLoadBalancer } from './least-work-load-balancer.ts'
import { ResourcePool } from './resource-pool.ts'
import { RoundRobinLoadBalancer } from './round-robin-load-balancer.ts'
import { URLRouter } from './url-router.ts'

/** The `algo` that scripts see. */
export interface ScriptAlgo {
  readonly Cache: typeof Cache
  readonly HashingLoadBalancer: typeof HashingLoadBalancer
  readonly LeastWorkLoadBalancer: typeof LeastWorkLoadBalancer
  readonly ResourcePool: typeof ResourcePool
  readonly RoundRobinLoadBalancer: typeof RoundRobinLoadBalancer
  readonly URLRouter: typeof URLRouter
}

/** The `algo` that scripts see. */
export const scriptAlgo: ScriptAlgo = {
  Cache,
  HashingLoadBalancer,
  LeastWorkLoadBalancer,
  ResourcePool,
  RoundRobinLoadBalancer,
  URLRouter,
}
