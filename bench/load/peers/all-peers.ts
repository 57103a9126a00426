import { BenchError } from '../bench-error.ts'
import { haproxy, haproxySplice, haproxyTcp } from './haproxy.ts'
import { httpProxy3 } from './http-proxy-3.ts'
import { nginx, nginxLog } from './nginx.ts'
import type { Peer } from './peer.ts'
import {
  sluice,
  sluiceDubbo,
  sluiceObserved,
  sluiceScript,
  sluiceTcp,
  sluiceUnobserved,
} from './sluice.ts'

/** Every proxy that a workload can name. */
export const ALL_PEERS: readonly Peer[] = [
  sluice,
  sluiceScript,
  sluiceTcp,
  sluiceDubbo,
  sluiceObserved,
  sluiceUnobserved,
  nginx,
  nginxLog,
  haproxy,
  haproxySplice,
  haproxyTcp,
  httpProxy3,
]

/** Finds a peer by its name on the command line. */
export function findPeer(name: string): Peer {
  const peer = ALL_PEERS.find((candidate) => candidate.name === name)
  if (peer !== undefined) return peer
  const known = ALL_PEERS.map((candidate) => candidate.name).join(', ')
  throw new BenchError(`unknown peer ${name}; known are ${known}`)
}
