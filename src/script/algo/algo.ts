import { BoundedRingLoadBalancer } from './bounded-ring-load-balancer.ts'
import { Cache } from './cache.ts'
import { HashingLoadBalancer } from './hashing-load-balancer.ts'
import { LeastTimeLoadBalancer } from './least-time-load-balancer.ts'
import { LeastWorkLoadBalancer } from './least-work-load-balancer.ts'
import { MaglevLoadBalancer } from './maglev-load-balancer.ts'
import { PowerOfTwoLoadBalancer } from './power-of-two-load-balancer.ts'
import { RandomLoadBalancer } from './random-load-balancer.ts'
import { createRateLimiterClass, type RateLimiterClass } from './rate-limiter.ts'
import { ResourcePool } from './resource-pool.ts'
import { RoundRobinLoadBalancer } from './round-robin-load-balancer.ts'
import { createSharedMapClass, type SharedMapClass } from './shared-map.ts'
import { createUpstreamClass, type UpstreamClass } from './upstream.ts'
import type { RunningContext } from './upstream-choice.ts'
import { URLRouter } from './url-router.ts'

/** The `algo` that scripts see. */
export interface ScriptAlgo {
  readonly BoundedRingLoadBalancer: typeof BoundedRingLoadBalancer
  readonly LeastTimeLoadBalancer: typeof LeastTimeLoadBalancer
  readonly MaglevLoadBalancer: typeof MaglevLoadBalancer
  readonly PowerOfTwoLoadBalancer: typeof PowerOfTwoLoadBalancer
  readonly RandomLoadBalancer: typeof RandomLoadBalancer
  readonly Cache: typeof Cache
  readonly HashingLoadBalancer: typeof HashingLoadBalancer
  readonly LeastWorkLoadBalancer: typeof LeastWorkLoadBalancer
  readonly RateLimiter: RateLimiterClass
  readonly ResourcePool: typeof ResourcePool
  readonly RoundRobinLoadBalancer: typeof RoundRobinLoadBalancer
  readonly SharedMap: SharedMapClass
  readonly Upstream: UpstreamClass
  readonly URLRouter: typeof URLRouter
}

/**
 * Makes an `algo` whose shared maps and rate limits lie in memory that all workers of a program have,
 * and whose upstreams know of the context that is running.
 */
export function createAlgo(
  shared?: SharedArrayBuffer,
  rates?: SharedArrayBuffer | null,
  running?: RunningContext,
): ScriptAlgo {
  return {
    BoundedRingLoadBalancer,
    LeastTimeLoadBalancer,
    MaglevLoadBalancer,
    PowerOfTwoLoadBalancer,
    RandomLoadBalancer,
    Cache,
    HashingLoadBalancer,
    LeastWorkLoadBalancer,
    RateLimiter: createRateLimiterClass(rates ?? undefined),
    ResourcePool,
    RoundRobinLoadBalancer,
    SharedMap: createSharedMapClass(shared),
    Upstream: createUpstreamClass(running),
    URLRouter,
  }
}
