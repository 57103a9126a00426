import type { SessionErrorCode } from '../../engine/errors.ts'
import type { TargetObserver, UpstreamObserver } from '../../engine/upstream-observer.ts'
import type { ByteMeter } from '../../filters/connect/metered-connect.ts'
import { TARGET_FIELDS } from '../../observability/metrics/target-fields.ts'

const { total, open, failed, received, sent } = TARGET_FIELDS

/** Where the connections of one upstream on one worker are counted. */
export interface TargetPlaces {
  /** Memory that no other thread writes to. */
  readonly numbers: Float64Array
  /** Place of the upstream's group, -1 for none. */
  readonly upstream: number
  /** The same of its endpoints, by address. */
  readonly endpoints: ReadonlyMap<string, number>
}

/** Counts the connections of one upstream and each of its endpoints, and tells `inner` of them. */
export class ConnectionMeter implements UpstreamObserver {
  readonly #places: TargetPlaces
  readonly #inner: UpstreamObserver | null

  constructor(places: TargetPlaces, inner: UpstreamObserver | null) {
    this.#places = places
    this.#inner = inner
  }

  target(name: string): TargetObserver & ByteMeter {
    const { numbers, upstream, endpoints } = this.#places
    const inner = this.#inner?.target(name) ?? null
    return new TargetMeter(numbers, [upstream, endpoints.get(name) ?? -1], inner)
  }
}

class TargetMeter implements TargetObserver, ByteMeter {
  readonly wantsAnswers: boolean
  readonly #numbers: Float64Array
  readonly #upstream: number
  readonly #endpoint: number
  readonly #inner: TargetObserver | null

  constructor(
    numbers: Float64Array,
    [upstream, endpoint]: [upstream: number, endpoint: number],
    inner: TargetObserver | null,
  ) {
    this.wantsAnswers = inner?.wantsAnswers ?? false
    this.#numbers = numbers
    this.#upstream = upstream
    this.#endpoint = endpoint
    this.#inner = inner
  }

  begin(): void {
    this.#add(total, 1)
    this.#add(open, 1)
    this.#inner?.begin()
  }

  end(): void {
    this.#add(open, -1)
    this.#inner?.end()
  }

  answered(status: number, latencyMs: number): void {
    this.#inner?.answered(status, latencyMs)
  }

  failed(error: SessionErrorCode): void {
    this.#add(failed, 1)
    this.#inner?.failed(error)
  }

  received(bytes: number): void {
    this.#add(received, bytes)
  }

  sent(bytes: number): void {
    this.#add(sent, bytes)
  }

  #add(field: number, value: number): void {
    const numbers = this.#numbers
    const upstream = this.#upstream
    const endpoint = this.#endpoint
    if (upstream >= 0) numbers[upstream + field] = (numbers[upstream + field] as number) + value
    if (endpoint >= 0) numbers[endpoint + field] = (numbers[endpoint + field] as number) + value
  }
}
