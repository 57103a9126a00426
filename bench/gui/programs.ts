import type { Peer } from '../load/peers/peer.ts'
import { sluice, sluiceScript, sluiceUnobserved } from '../load/peers/sluice.ts'

/** What is looked at: a script whose callback chooses targets, and a load balancer. */
export const PROGRAMS = ['script', 'config'] as const

export type Program = (typeof PROGRAMS)[number]

const PEERS: Readonly<Record<Program, Peer>> = { script: sluiceScript, config: sluiceUnobserved }

/** Without a web UI, with one, and with one that somebody looks at. */
export const VARIANTS = ['off', 'unwatched', 'watched'] as const

export type Variant = (typeof VARIANTS)[number]

/** Sluice running a program. */
export function sluiceRunning(program: Program, variant: Variant): Peer {
  return {
    ...sluice,
    name: `${program}-${variant}`,
    launch: (setup) => {
      const launch = PEERS[program].launch(setup)
      const options = variant === 'off' ? [] : ['--gui-port=127.0.0.1:0']
      return { ...launch, args: [...launch.args, ...options] }
    },
  }
}
