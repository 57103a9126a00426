import type { Fault } from './fault.ts'
import { allFloods } from './faults/all-floods.ts'
import { clientResets } from './faults/client-resets.ts'
import { halfOpenClients } from './faults/half-open-clients.ts'
import { idleConnections } from './faults/idle-connections.ts'
import { slowBody, slowHead, slowRead } from './faults/slow-requests.ts'
import { upstreamEarly } from './faults/upstream-early.ts'
import { upstreamGarbage } from './faults/upstream-garbage.ts'
import { upstreamKilled } from './faults/upstream-killed.ts'
import { upstreamResets } from './faults/upstream-resets.ts'
import { upstreamSilent } from './faults/upstream-silent.ts'

/** All faults, in the order of the report. */
export const ALL_FAULTS: readonly Fault[] = [
  upstreamKilled,
  upstreamSilent,
  upstreamEarly,
  upstreamGarbage,
  upstreamResets,
  clientResets,
  halfOpenClients,
  idleConnections,
  slowHead,
  slowBody,
  slowRead,
  allFloods,
]
