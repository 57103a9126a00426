import { batchTime } from '../native/batch-clock.ts'
import { CONNECTION_FIELDS, connectionClass } from '../observability/metrics/connection-fields.ts'

const { accepted, open, durationMs, classes } = CONNECTION_FIELDS

/** Counts the connections of one listener on this worker. */
export class ConnectionCounts {
  readonly #numbers: Float64Array
  readonly #at: number
  /** When each connection was accepted. */
  readonly #since = new Map<number, number>()

  /** `at` is the place of the listener's group. */
  constructor(numbers: Float64Array, at: number) {
    this.#numbers = numbers
    this.#at = at
  }

  opened(connection: number): void {
    this.#since.set(connection, batchTime())
    this.#add(accepted, 1)
    this.#add(open, 1)
  }

  /** A connection goes on in another program; returns when it was accepted. */
  left(connection: number): number | undefined {
    const since = this.#since.get(connection)
    if (this.#since.delete(connection)) this.#add(open, -1)
    return since
  }

  /** It has come from another program. */
  entered(connection: number, since: number): void {
    this.#since.set(connection, since)
    this.#add(open, 1)
  }

  closed(connection: number): void {
    const since = this.#since.get(connection)
    if (since === undefined) return
    this.#since.delete(connection)
    this.#add(open, -1)
    const duration = batchTime() - since
    this.#add(durationMs, duration)
    this.#add(classes + connectionClass(duration), 1)
  }

  #add(field: number, value: number): void {
    this.#numbers[this.#at + field] = (this.#numbers[this.#at + field] as number) + value
  }
}
