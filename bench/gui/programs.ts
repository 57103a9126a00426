import type { Peer } from '../load/peers/peer.ts'
import { sluice, sluiceScript, sluiceUnobserved } from '../load/peers/sluice.ts'

/** What is looked at: a script whose callback chooses targets, and a load balancer. */
export const PROGRAMS = ['script', 'config'] as const

export type Program = (typeof PROGRAMS)[number]

const PEERS: Readonly<Record<Program, Peer>> = { script: sluiceScript, config: sluiceUnobserved }

/** Sluice running a program, with its web UI or without. */
export function sluiceRunning(program: Program, hasGui: boolean): Peer {
  return {
    ...sluice,
    name: `${program}-${hasGui ? 'gui' : 'off'}`,
    launch: (setup) => {
      const launch = PEERS[program].launch(setup)
      return { ...launch, args: [...launch.args, ...(hasGui ? ['--gui-port=127.0.0.1:0'] : [])] }
    },
  }
}
