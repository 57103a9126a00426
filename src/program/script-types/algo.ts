/** The namespace `algo`: balancing, limits and caches. */
export const ALGO_TYPES = `declare namespace algo {
  /** Remembers what a function made of its keys. */
  class Cache<K = any, V = any> {
    constructor(
      allocate: (key: K) => V,
      free?: ((key: K, value: V) => void) | null,
      options?: { size?: number } | null,
    )
    get(key: K): V
    has(key: K): boolean
    remove(key: K): boolean
    clear(): void
  }
  /** The target that a tag hashes to. */
  class HashingLoadBalancer {
    constructor(targets?: string[])
    add(target: string): void
    remove(target: string): boolean
    select(tag?: unknown): string | undefined
  }
  /** The target with the least work for its weight. */
  class LeastWorkLoadBalancer {
    constructor(weights?: Record<string, number> | null)
    set(target: string, weight: number): void
    select(tag?: unknown): string | undefined
    deselect(target: string): void
  }
  /** Deals out targets in turn, each as often as its weight says. */
  class RoundRobinLoadBalancer {
    constructor(weights?: Record<string, number> | null)
    set(target: string, weight: number): void
    select(tag?: unknown): string | undefined
    /** Not there: scripts may call it with \`?.\` on any balancer. */
    deselect?(target: string): void
  }
  /** The target on which work is likely to be over first, by its latest latencies. */
  class LeastTimeLoadBalancer {
    constructor(weights?: Record<string, number> | null)
    set(target: string, weight: number): void
    select(tag?: unknown): string | undefined
    /** Ends work; \`milliseconds\` is how long it took. */
    deselect(target: string, milliseconds?: number): void
  }
  /** Of two targets drawn at random, the one with less work for its weight. */
  class PowerOfTwoLoadBalancer {
    constructor(weights?: Record<string, number> | null)
    set(target: string, weight: number): void
    select(tag?: unknown): string | undefined
    deselect(target: string): void
  }
  /** Targets at random, each as often as its weight says. */
  class RandomLoadBalancer {
    constructor(weights?: Record<string, number> | null)
    set(target: string, weight: number): void
    select(tag?: unknown): string | undefined
    deselect(target: string): void
  }
  /** The target that a tag hashes to; shares are exact, and few tags move. */
  class MaglevLoadBalancer {
    constructor(weights?: Record<string, number> | null)
    set(target: string, weight: number): void
    select(tag: unknown): string | undefined
    deselect(target: string): void
  }
  /** The target that a tag hashes to, or the next while that has more than its share of work. */
  class BoundedRingLoadBalancer {
    constructor(weights?: Record<string, number> | null)
    set(target: string, weight: number): void
    select(tag: unknown): string | undefined
    deselect(target: string): void
  }
  /** Says by key whether something may happen, so often on average and so often at once, on all workers. */
  class RateLimiter {
    /** Limiters of one name are one. \`rate\` is per second, or a text such as '30/m'. */
    constructor(name: string, options: { rate: number | string; burst?: number })
    /** Takes so many tokens, 1 unless given; false if there are not enough. */
    take(key: string, tokens?: number): boolean
    /** Seconds until there are so many tokens; 0 if there are now. */
    wait(key: string, tokens?: number): number
    /** Whole tokens that a key has. */
    left(key: string): number
  }
  /** Leases resources of pools to tenants. */
  class ResourcePool<R = any> {
    constructor(allocator: (pool: any, tenant: any) => R)
    allocate(pool: unknown, tenant?: unknown): R
    free(resource: R): void
    freeTenant(tenant: unknown): void
  }
  /** Numbers by key that all workers share and that outlive a reload. */
  class SharedMap {
    constructor(name: string)
    get(key: string): number | undefined
    set(key: string, value: number): void
    /** Adds to a value, which starts at 0; returns the new one. */
    add(key: string, amount: number): number
    delete(key: string): boolean
    keys(): string[]
  }
  /** The endpoints of one service, balanced as those of an upstream in a config are. */
  class Upstream {
    constructor(options: UpstreamOptions)
    /** Reads from a request what ties it to an endpoint; a connection is tied by its address only. */
    choose(request?: MessageStart | Message | null): UpstreamChoice
    /** Target of one attempt. */
    select(request?: MessageStart | Message | null): string
    /** Says that a target is up or down. One that returns has its whole share after \`slowStart\`. */
    mark(target: string, isUp: boolean): void
    /** For the options of \`mux\` and \`connect\`: counts what is in progress, hears of failures. */
    readonly observer: object
  }
  /** Where one request goes. */
  interface UpstreamChoice {
    /** Target of an attempt; of a further one not that of the last, if there is any other. */
    select(): string
    /** What was selected last; empty before. */
    readonly target: string
    /** Adds the cookie of \`sticky\` to a response, unless the client has it. */
    tie(response: MessageStart | Message): void
  }
  interface UpstreamOptions {
    /** Addresses, or objects with more about them. */
    endpoints: (
      | string
      | {
          address: string
          /** Share relative to the other endpoints; 1 unless given. */
          weight?: number
          /** 0 is used first; higher ones when less than half of the weight below is up. */
          priority?: number
          zone?: string
        }
    )[]
    /** Round robin unless given. */
    balance?:
      | 'round-robin'
      | 'least-connections'
      | 'least-time'
      | 'power-of-two'
      | 'random'
      | 'maglev'
      | 'bounded-ring'
    /** What maglev and bounded-ring choose by. */
    hash?: RequestKey | (() => unknown)
    /** A cookie ties clients to the endpoint they got first. */
    sticky?: {
      cookie?: string
      /** Without it, whoever knows the endpoints can make the cookie of one. */
      secret?: string
      path?: string
      domain?: string
      /** How long the browser keeps it; 0 until it is closed. */
      maxAge?: number | string
      sameSite?: 'Strict' | 'Lax' | 'None'
      secure?: boolean
    }
    /** An endpoint that returns gets its whole share after so long. */
    slowStart?: number | string
    /** Endpoints of this zone are preferred while half of them is up. */
    zone?: string
    /** With less than this share of endpoints up, all are used; only with none unless given. */
    panicShare?: number
  }
  /** Finds values by host and path. */
  class URLRouter<V = any> {
    constructor(rules?: Record<string, V> | null)
    add(pattern: string, value: V): void
    find(part: string, ...more: string[]): V | undefined
  }
}
`
