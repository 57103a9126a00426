import type { MessageStart, WireHead } from '../../engine/event.ts'
import { HEAD_HAS_LENGTH } from '../../native/protocol.ts'
import { HttpWireHead } from './wire-head.ts'

/**
 * A head that was made here, of a body whose length is known before it is there: it is announced,
 * and the body streams. Scripts see the head as any other.
 */
export class SizedHead implements WireHead {
  readonly opensTunnel = false
  readonly contentLength: number
  readonly #head: object

  constructor(head: object, contentLength: number) {
    this.#head = head
    this.contentLength = contentLength
  }

  own(): void {}

  clone(): SizedHead {
    const head = this.#head as { headers?: object }
    return new SizedHead({ ...head, headers: { ...head.headers } }, this.contentLength)
  }

  materialise(): object {
    return this.#head
  }
}

/** Length of the body that follows a head; -1 if nobody knows it yet. */
export function bodySizeOf({ wire, isBodyChanged }: MessageStart): number {
  if (isBodyChanged) return -1
  if (wire instanceof SizedHead) return wire.contentLength
  if (wire instanceof HttpWireHead && (wire.flags & HEAD_HAS_LENGTH) !== 0)
    return wire.contentLength
  return -1
}
