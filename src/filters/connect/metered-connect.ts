import type { Data } from '../../engine/data.ts'
import { Connect } from './connection.ts'

/** Counts the bytes of one connection. */
export interface ByteMeter {
  received(bytes: number): void
  sent(bytes: number): void
}

/**
 * A `connect` whose observers are meters of bytes, too. Apart from it so that others, which no one
 * measures, do not look at each piece whether somebody does.
 */
export class MeteredConnect extends Connect {
  override onData(offset: number, size: number): void {
    this.#meter?.received(size)
    super.onData(offset, size)
  }

  protected override send(data: Data): void {
    this.#meter?.sent(data.size)
    super.send(data)
  }

  /** Those who ask for this filter give it such observers. */
  get #meter(): ByteMeter | null {
    return this.observer as unknown as ByteMeter | null
  }
}
