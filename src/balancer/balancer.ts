import type { SessionErrorCode } from '../engine/errors.ts'
import type { TargetObserver, UpstreamObserver } from '../engine/upstream-observer.ts'
import type { Affinity } from './affinity.ts'
import { type CandidateRules, chooseCandidates, type Member } from './candidates.ts'
import { ConnectionLimits, NO_ROOM } from './connection-limits.ts'
import { type EjectionPolicy, Ejector } from './ejector.ts'
import { createEndpointMemory, EndpointTable } from './endpoint-table.ts'
import { mix } from './hash.ts'
import { hasRoom, pickWithRoom, spareOf } from './pick-with-room.ts'
import type { Endpoint, Picker } from './picker.ts'
import { slowStartShare, untilNextStep } from './slow-start.ts'

/** How long an endpoint is left out after it could not be reached, if no policy says otherwise. */
const UNREACHABLE_MS = 10_000
/** Other keys that are tried for another endpoint before the next one in the list is taken. */
const OTHER_KEYS = 4

/** What a balancer does beyond picking; all may be left out. */
export interface BalancerOptions {
  /** Name of the upstream, under which other threads know its endpoints. */
  readonly upstream?: string
  /** What threads share of endpoints; without it, this balancer is alone. */
  readonly table?: EndpointTable
  /** Priority and zone of each endpoint, in their order. */
  readonly places?: readonly { readonly priority: number; readonly zone: string }[]
  readonly rules?: CandidateRules
  readonly ejection?: EjectionPolicy | null
  /** How long it takes until an endpoint that has returned has its whole weight again; 0 for no time. */
  readonly slowStartMs?: number
  /** Connections of all workers to each endpoint, in their order; 0 for any number. */
  readonly maxConnections?: readonly number[]
  /** Connections of this worker to each endpoint. */
  readonly mostConnections?: number
}

/**
 * The endpoints of one upstream on one worker: keeps the list of those that may be picked as probes,
 * requests and the operator would have it. An endpoint that cannot be reached is left out for a
 * while; when none is left, all are tried.
 */
export class Balancer implements UpstreamObserver {
  readonly endpoints: readonly Endpoint[]
  /** Limits of connections; `null` if no endpoint has one. */
  readonly limits: ConnectionLimits | null
  readonly #members: readonly Member[]
  /** Row of each endpoint in the table. */
  readonly #rows: readonly number[]
  readonly #configuredWeights: readonly number[]
  readonly #picker: Picker
  readonly #table: EndpointTable
  readonly #rules: CandidateRules
  readonly #ejection: EjectionPolicy | null
  readonly #ejector: Ejector | null
  readonly #slowStartMs: number
  #available: readonly Endpoint[]
  /** Those that are asked when all of these are full. */
  #others: readonly Endpoint[] = []
  /** Version of the table that `#available` is true for. */
  #version = -1
  /** When that changes by itself, on the table's clock; 0 for never. */
  #due = 0

  constructor(endpoints: readonly Endpoint[], picker: Picker, options: BalancerOptions = {}) {
    const { upstream = '', places, ejection = null } = options
    this.endpoints = endpoints
    this.#available = endpoints
    this.#picker = picker
    this.#table = options.table ?? new EndpointTable(createEndpointMemory())
    this.#rules = options.rules ?? { panicShare: 0, zone: '' }
    this.#ejection = ejection
    this.#slowStartMs = options.slowStartMs ?? 0
    const claims = options.table === undefined
    this.#rows = endpoints.map(({ address }) =>
      claims ? this.#table.claim(upstream, address) : this.#table.find(upstream, address),
    )
    this.#ejector = ejection === null ? null : new Ejector(this.#table, this.#rows, ejection)
    this.#configuredWeights = endpoints.map(({ weight }) => weight)
    this.#members = endpoints.map((endpoint, i) => ({
      endpoint,
      priority: places?.[i]?.priority ?? 0,
      zone: places?.[i]?.zone ?? '',
      weight: endpoint.weight,
      isUp: true,
      isWanted: true,
    }))
    this.limits = this.#limit(options)
  }

  /** Those that may be picked at the moment. */
  get available(): readonly Endpoint[] {
    this.#refresh()
    return this.#available
  }

  /**
   * Address of the endpoint for the next request or connection; `key` is a hash of 32 bits. `NO_ROOM`
   * if all have as many connections as they may.
   */
  select(key = 0): string {
    this.#refresh()
    const endpoint = this.#picker.pick(this.#available, key)
    if (hasRoom(endpoint)) return endpoint.address
    return pickWithRoom(this.#picker, this.#available, key)?.address ?? spareOf(this.#others)
  }

  /** The same for another attempt: not at `avoided`, if there is any other. */
  selectOther(avoided: string, key = 0): string {
    this.#refresh()
    const available = this.#available
    for (let attempt = 0; attempt < OTHER_KEYS; attempt++) {
      const endpoint = this.#picker.pick(available, attempt === 0 ? key : mix(key + attempt))
      if (endpoint.address !== avoided && hasRoom(endpoint)) return endpoint.address
    }
    const at = available.findIndex(({ address }) => address === avoided)
    for (let i = 1; i <= available.length; i++) {
      const endpoint = available[(at + i) % available.length] as Endpoint
      if (hasRoom(endpoint)) return endpoint.address
    }
    return spareOf(this.#others)
  }

  /** The same for a request that is tied: to an endpoint, while that is usable, or by its key. */
  selectTied(affinity: Affinity): string {
    const { key, wanted, address } = affinity
    if (address !== '') return this.#tie(affinity, this.selectOther(address, key))
    if (wanted >= 0 && this.isUsable(wanted)) {
      const endpoint = this.endpoints[wanted] as Endpoint
      if (hasRoom(endpoint)) return this.#tie(affinity, endpoint.address)
    }
    return this.#tie(affinity, this.select(key))
  }

  /** Who has to wait is tied to nobody new. */
  #tie(affinity: Affinity, address: string): string {
    if (address !== NO_ROOM) affinity.address = address
    return address
  }

  /** Whether requests that are tied to an endpoint may still go there: it is up, or drains. */
  isUsable(endpoint: number): boolean {
    const row = this.#rows[endpoint] as number
    this.#refresh()
    return this.#table.adminState(row) !== 'disabled' && this.#isHealthy(row)
  }

  target(address: string): TargetObserver {
    const index = this.endpoints.findIndex((one) => one.address === address)
    const endpoint = this.endpoints[index]
    if (endpoint === undefined) throw new RangeError(`no endpoint ${address}`)
    return new EndpointObserver(this, endpoint, this.#rows[index] as number)
  }

  /** Whether anybody asks how long requests take, and what status they are answered with. */
  get wantsAnswers(): boolean {
    return this.#ejection !== null || this.#picker.observe !== undefined
  }

  /** A request was answered. Called only if anybody asks. */
  answered(endpoint: Endpoint, row: number, status: number, latencyMs: number): void {
    this.#picker.observe?.(endpoint, latencyMs)
    if (this.#ejector === null) return
    if (status >= 500) this.#ejector.failed(row)
    else this.#table.countSuccess(row, latencyMs)
  }

  failed(row: number, error: SessionErrorCode): void {
    if (error === 'ConnectionRefused' || error === 'ConnectionTimeout') {
      const { ejectionMs = UNREACHABLE_MS, maxEjectionMs = UNREACHABLE_MS } = this.#ejection ?? {}
      this.#table.countFailure(row)
      this.#table.eject(row, ejectionMs, maxEjectionMs)
    } else this.#ejector?.failed(row)
  }

  /** Gives endpoints their limits, if any has one. */
  #limit({ maxConnections = [], mostConnections }: BalancerOptions): ConnectionLimits | null {
    if (!maxConnections.some((max) => max > 0)) return null
    const limited = this.endpoints.map(({ address }, i) => {
      return { address, row: this.#rows[i] as number, max: maxConnections[i] ?? 0 }
    })
    const most = mostConnections ?? Number.POSITIVE_INFINITY
    const limits = new ConnectionLimits(this.#table.connections, limited, most)
    for (const endpoint of this.endpoints) endpoint.limit = limits.of(endpoint.address)
    return limits
  }

  #refresh(): void {
    const table = this.#table
    if (table.version !== this.#version) this.#update()
    else if (this.#due !== 0 && table.now() - this.#due >= 0) this.#update()
  }

  #update(): void {
    this.#version = this.#table.version
    this.#due = 0
    for (const [i, member] of this.#members.entries()) this.#updateMember(i, member)
    const chosen = chooseCandidates(this.#members, this.#rules)
    const members = chosen.length > 0 ? chosen : this.#members
    if (this.limits !== null) this.#others = othersOf(this.#members, members)
    const isSame =
      members.length === this.#available.length &&
      members.every(({ endpoint, weight }, i) => {
        return endpoint === this.#available[i] && endpoint.weight === weight
      })
    if (isSame) return
    for (const { endpoint, weight } of members) endpoint.weight = weight
    this.#available = members.map(({ endpoint }) => endpoint)
  }

  #updateMember(index: number, member: Member): void {
    const table = this.#table
    const row = this.#rows[index] as number
    const now = table.now()
    const until = table.ejectedUntil(row)
    if (until !== 0 && until - now > 0) this.#changesAt(until)
    member.isWanted = table.adminState(row) === 'enabled'
    member.isUp = this.#isHealthy(row)
    member.weight = table.weight(row) || (this.#configuredWeights[index] as number)
    const since = table.usableSince(row)
    if (this.#slowStartMs === 0 || since === 0 || !member.isUp) return
    const share = slowStartShare(now - since, this.#slowStartMs)
    member.weight *= share
    if (share < 1) this.#changesAt(now + untilNextStep(now - since, this.#slowStartMs))
  }

  #isHealthy(row: number): boolean {
    return this.#table.health(row) !== 'unhealthy' && !this.#table.isEjected(row)
  }

  #changesAt(time: number): void {
    if (this.#due === 0 || time - this.#due < 0) this.#due = time
  }
}

/** Those that could be asked beside the members chosen, backups last. */
function othersOf(all: readonly Member[], chosen: readonly Member[]): Endpoint[] {
  return all
    .filter((member) => member.isUp && member.isWanted && !chosen.includes(member))
    .sort((one, other) => one.priority - other.priority)
    .map(({ endpoint }) => endpoint)
}

/** Tells the balancer what becomes of the requests to one endpoint. */
class EndpointObserver implements TargetObserver {
  readonly wantsAnswers: boolean
  readonly #balancer: Balancer
  readonly #endpoint: Endpoint
  readonly #row: number

  constructor(balancer: Balancer, endpoint: Endpoint, row: number) {
    this.wantsAnswers = balancer.wantsAnswers
    this.#balancer = balancer
    this.#endpoint = endpoint
    this.#row = row
  }

  begin(): void {
    this.#endpoint.active++
  }

  end(): void {
    this.#endpoint.active--
  }

  answered(status: number, latencyMs: number): void {
    this.#balancer.answered(this.#endpoint, this.#row, status, latencyMs)
  }

  failed(error: SessionErrorCode): void {
    this.#balancer.failed(this.#row, error)
  }
}
