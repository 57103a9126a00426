import { Filter } from '../../engine/filter.ts'

/** Limits of one upstream connection, in milliseconds. */
export interface ConnectTimeouts {
  readonly connect: number
  /** From a request, or from the last of what was sent and received, to the head of its response. */
  readonly response: number
  /** Between two pieces of a response's body. */
  readonly progress: number
  readonly idle: number
}

/** Whoever knows whether silence is to be blamed on the endpoint. */
export interface Watched {
  isBusy(): boolean
  /** Whether a response has begun that is not complete. */
  isAnswering?(): boolean
  /** Whether a request has begun that is not complete. */
  isAsking?(): boolean
  /** Whether what is due was asked for in this very batch: nobody can have been silent since. */
  hasJustAsked?(): boolean
}

/** A filter whose other end is a connection to a remote endpoint. */
export abstract class Upstream extends Filter {
  /** Called when the endpoint is reached, before anything is received. */
  opened: (() => void) | null = null
  /** Where it connects to, once that is known. */
  abstract get target(): string
  /** Whether the remote endpoint has been reached. */
  abstract get isOpen(): boolean
  abstract get timeouts(): ConnectTimeouts
  /** A request has been sent as bytes, which a framer on the socket cannot see by itself. */
  expect(_flags: number): void {}
  /** A codec without a framer on the socket tells whether an answer is due. */
  watch(_codec: Watched): void {}
  /** What is received from now on is no answer to anything: each side may end on its own. */
  openTunnel(): void {}
  /** The same tells what is due from the endpoint, PHASE_*. */
  enterPhase(_phase: number): void {}
  /** Resets the connection. */
  abstract destroy(): void
}
