import type { Socket } from 'node:net'
import type { Address } from '../../program/spec.ts'

/** Asks an endpoint how it is; rejects with an error whose message says what is wrong. */
export type Probe = (address: Address, signal: AbortSignal) => Promise<void>

/** Opens a connection to an endpoint; rejects when that fails or the signal says so. */
export async function openConnection(address: Address, signal: AbortSignal): Promise<Socket> {
  const { connect } = await import('node:net')
  return new Promise((resolve, reject) => {
    const { host, port, path } = address
    const socket = path === undefined ? connect({ host, port, signal }) : connect({ path, signal })
    socket.once('connect', () => resolve(socket))
    // Stays for the life of the socket: what comes later is for whoever reads it.
    socket.on('error', reject)
  })
}
