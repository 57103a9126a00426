import { openTransport, type Probe } from './probe.ts'

/** An endpoint is well if it accepts a connection, whatever is spoken on it. */
export const probeTcp: Probe = async (target, signal) => {
  const socket = await openTransport(target, signal)
  // A reset, so that no port stays in TIME_WAIT for every probe.
  socket.resetAndDestroy()
}
