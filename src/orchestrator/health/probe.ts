import type { Socket } from 'node:net'
import { nodeTls } from '../../net/tls/node-tls.ts'
import { type TlsClient, tlsConnection } from '../../net/tls/options.ts'
import type { Address } from '../../program/spec.ts'

/** An endpoint as probes see it. */
export interface ProbeTarget extends Address {
  /** What connections to it begin with, in Latin-1. */
  readonly greeting: string
  /** What comes behind the greeting is by TLS. */
  readonly tls: TlsClient | null
}

/** Asks an endpoint how it is; rejects with an error whose message says what is wrong. */
export type Probe = (target: ProbeTarget, signal: AbortSignal) => Promise<void>

/**
 * Opens a connection to an endpoint as requests do, with its greeting and TLS; rejects when that
 * fails or the signal says so.
 */
export async function openConnection(target: ProbeTarget, signal: AbortSignal): Promise<Socket> {
  const carrier = await openTransport(target, signal)
  const { tls, host } = target
  if (tls === null) return carrier
  return new Promise((resolve, reject) => {
    const socket = nodeTls().connect({ ...tlsConnection(tls, host), socket: carrier })
    carrier.on('error', (error) => socket.destroy(error))
    socket.on('error', reject)
    socket.once('secureConnect', () => resolve(socket))
  })
}

/** The same without TLS. */
export async function openTransport(target: ProbeTarget, signal: AbortSignal): Promise<Socket> {
  const { connect } = await import('node:net')
  return new Promise((resolve, reject) => {
    const { host, port, path, address = host, greeting } = target
    const place = path === undefined ? { host: address, port } : { path }
    const socket = connect({ ...place, signal })
    socket.once('connect', () => {
      if (greeting === '') resolve(socket)
      else socket.write(greeting, 'latin1', () => resolve(socket))
    })
    // Stays for the life of the socket: what comes later is for whoever reads it.
    socket.on('error', reject)
  })
}
