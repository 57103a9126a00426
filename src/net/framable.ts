import type { FrameReceiver } from '../native/sockets.ts'
import type { Socket } from './socket.ts'

/** A codec that works on a socket through its framer. */
export interface FramedReceiver extends FrameReceiver {
  /** Whether a message was begun whose answer is not complete. */
  isBusy(): boolean
}

/**
 * Something with a socket of its own, so that a codec filter next to it can let the native framer
 * do its work on the socket instead of calling it on events.
 */
export interface Framable {
  /** The socket, opened if need be; `null` while there can be none. */
  openSocket(): Socket | null
  /** Sends what the framer of `kind` (FRAMER_*) finds to `receiver`. */
  attachFramer(kind: number, receiver: FramedReceiver): void
}

/** Whether a filter's neighbour is such a thing. */
export function isFramable(neighbour: unknown): neighbour is Framable {
  return neighbour !== null && typeof neighbour === 'object' && 'attachFramer' in neighbour
}
