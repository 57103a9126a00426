import { openConnection, type Probe } from './probe.ts'

/** An endpoint is well if it accepts a connection. */
export const probeTcp: Probe = async (target, signal) => {
  const socket = await openConnection(target, signal)
  // A reset, so that no port stays in TIME_WAIT for every probe.
  socket.resetAndDestroy()
}
