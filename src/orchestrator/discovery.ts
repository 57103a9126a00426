import { isIP } from 'node:net'
import { cachedAddresses, resolve } from '../net/resolver.ts'
import { logger } from '../observability/logger.ts'
import type { Address, EndpointSpec, ProgramSpec } from '../program/spec.ts'

/** Addresses of one name that become endpoints, the first in their order. */
const MAX_ADDRESSES = 64
/** A program waits for its names for so long; what they stand for later replaces them. */
const FIRST_LOOKUP_MS = 2000
/** How often names are looked at, whether the TTL of their records is over. */
const CHECK_MS = 1000

/**
 * Finds the addresses of the names that endpoints have, and follows them as the TTL of their records
 * says: a name is as many endpoints as it has addresses. One thread does it for all workers.
 *
 * A name whose look-up fails keeps the addresses that it had. One that never had any stays an
 * endpoint itself, which is looked up at each connection.
 */
export class Discovery {
  readonly #onChange: () => void
  /** The last addresses by name, sorted: the order of answers says nothing. */
  readonly #known = new Map<string, readonly string[]>()
  /** Of the present program. */
  #names: readonly string[] = []
  readonly #lookups = new Map<string, Promise<void>>()
  /** Names whose last look-up failed, which is logged once. */
  readonly #failing = new Set<string>()
  #timer: NodeJS.Timeout | undefined

  /** `onChange` is called when a name of the watched program has other addresses than before. */
  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Looks up the names of a program that are not known yet; those that take long come later. */
  async learn(spec: ProgramSpec): Promise<void> {
    const unknown = namesOf(spec).filter((name) => !this.#known.has(name))
    if (unknown.length === 0) return
    let timer: NodeJS.Timeout | undefined
    const isLate = new Promise<void>((done) => {
      timer = setTimeout(done, FIRST_LOOKUP_MS)
    })
    await Promise.race([Promise.all(unknown.map((name) => this.#lookUp(name))), isLate])
    clearTimeout(timer)
  }

  /** The program with an endpoint for each known address, in the place of its name. */
  expand(spec: ProgramSpec): ProgramSpec {
    if (spec.kind !== 'lb' || namesOf(spec).length === 0) return spec
    const upstreams = spec.upstreams.map((upstream) => ({
      ...upstream,
      endpoints: upstream.endpoints.flatMap((endpoint) => this.#endpointsOf(endpoint)),
    }))
    return { ...spec, upstreams }
  }

  /** Follows the names of this program instead of those before. */
  watch(spec: ProgramSpec): void {
    this.#names = namesOf(spec)
    for (const name of this.#known.keys()) if (!this.#names.includes(name)) this.#forget(name)
    clearInterval(this.#timer)
    if (this.#names.length > 0) this.#timer = setInterval(() => this.#check(), CHECK_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#names = []
  }

  #endpointsOf(endpoint: EndpointSpec): EndpointSpec[] {
    const addresses = isName(endpoint) ? this.#known.get(endpoint.host) : undefined
    return addresses?.map((address) => ({ ...endpoint, address })) ?? [endpoint]
  }

  #check(): void {
    for (const name of this.#names) if (cachedAddresses(name) === undefined) void this.#lookUp(name)
  }

  #lookUp(name: string): Promise<void> {
    const current = this.#lookups.get(name)
    if (current !== undefined) return current
    const lookup = new Promise<void>((done) => {
      resolve(name, (found) => {
        this.#lookups.delete(name)
        if (found === null) this.#failed(name)
        else this.#found(name, found)
        done()
      })
    })
    this.#lookups.set(name, lookup)
    return lookup
  }

  #failed(name: string): void {
    if (this.#failing.has(name)) return
    this.#failing.add(name)
    const rest = this.#known.has(name) ? ': it keeps the addresses that it had' : ''
    logger.error(`[dns] cannot look up ${name}${rest}`)
  }

  #found(name: string, found: readonly string[]): void {
    this.#failing.delete(name)
    const addresses = [...found].sort().slice(0, MAX_ADDRESSES)
    const before = this.#known.get(name)
    if (before?.join() === addresses.join()) return
    this.#known.set(name, addresses)
    const rest = found.length - addresses.length
    const more = rest === 0 ? '' : `, and ${rest} more that are not used`
    logger.info(`[dns] ${name} is ${addresses.join(', ')}${more}`)
    if (this.#names.includes(name)) this.#onChange()
  }

  #forget(name: string): void {
    this.#known.delete(name)
    this.#failing.delete(name)
  }
}

function namesOf(spec: ProgramSpec): string[] {
  if (spec.kind !== 'lb') return []
  const endpoints = spec.upstreams.flatMap((upstream) => upstream.endpoints)
  return [...new Set(endpoints.filter(isName).map(({ host }) => host))]
}

/** `localhost` is one machine, whatever its addresses: it stays one endpoint that tries them all. */
function isName({ host, path }: Address): boolean {
  if (path !== undefined || isIP(host) !== 0) return false
  return host !== 'localhost' && !host.endsWith('.localhost')
}
