import { openConnection, type Probe } from './probe.ts'

/** An endpoint is well if it accepts a connection. */
export const probeTcp: Probe = async (address, signal) => {
  const socket = await openConnection(address, signal)
  // A reset, so that no port stays in TIME_WAIT for every probe.
  socket.resetAndDestroy()
}
