import { checkFunction } from '../arguments.ts'

/** Where a resource belongs, and who has it. */
interface Lease {
  readonly pool: unknown
  readonly tenant: unknown
}

/**
 * Hands out resources of several pools, made when none is free. A tenant that asks a pool again
 * before freeing gets the same resource.
 */
export class ResourcePool<R = unknown> {
  readonly #allocator: (pool: unknown, tenant: unknown) => R
  /** Free resources by pool, the one that was freed first at the front. */
  readonly #free = new Map<unknown, Set<R>>()
  readonly #leases = new Map<R, Lease>()
  /** Resources by tenant and pool. */
  readonly #tenants = new Map<unknown, Map<unknown, R>>()

  constructor(allocator: (pool: unknown, tenant: unknown) => R) {
    this.#allocator = checkFunction(allocator, 1)
  }

  /** A resource of a pool; without a tenant, one that nobody else has. */
  allocate(pool: unknown, tenant?: unknown): R {
    const known = this.#tenants.get(tenant)
    if (known?.has(pool)) return known.get(pool) as R
    const resource = this.#takeFree(pool) ?? { made: this.#allocator(pool, tenant) }
    this.#leases.set(resource.made, { pool, tenant })
    if (tenant !== undefined && tenant !== null) {
      const resources = this.#tenants.get(tenant) ?? new Map<unknown, R>()
      this.#tenants.set(tenant, resources.set(pool, resource.made))
    }
    return resource.made
  }

  /** Returns a resource to its pool. */
  free(resource: R): void {
    const lease = this.#leases.get(resource)
    if (lease === undefined) return
    this.#leases.delete(resource)
    const { pool, tenant } = lease
    const resources = this.#tenants.get(tenant)
    resources?.delete(pool)
    if (resources?.size === 0) this.#tenants.delete(tenant)
    this.#free.set(pool, (this.#free.get(pool) ?? new Set<R>()).add(resource))
  }

  /** Returns all resources that a tenant has. */
  freeTenant(tenant: unknown): void {
    for (const resource of [...(this.#tenants.get(tenant)?.values() ?? [])]) this.free(resource)
  }

  #takeFree(pool: unknown): { made: R } | null {
    const free = this.#free.get(pool)
    for (const made of free ?? []) {
      free?.delete(made)
      return { made }
    }
    return null
  }
}
