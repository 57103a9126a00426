import type { Peer } from '../load/peers/peer.ts'
import { sluice } from '../load/peers/sluice.ts'
import { projectPath } from '../load/project.ts'
import { routerScript } from './router-script.ts'

/** `sluice lb` with its default settings, in front of the healthy upstream. */
export const balancer: Peer = {
  ...sluice,
  launch: (setup) => ({
    program: process.execPath,
    args: [
      ...[projectPath('bin/sluice'), 'lb', '--listen', `127.0.0.1:${setup.port}`],
      ...['--to', `127.0.0.1:${setup.upstreamPorts[0]}`, '--workers', String(setup.workers)],
    ],
  }),
}

/** A script that has a faulty upstream beside the healthy one. */
export const router: Peer = {
  ...sluice,
  launch: ({ port, upstreamPorts, workers }) => ({
    program: process.execPath,
    args: [
      ...[projectPath('bin/sluice'), 'router.js', '--workers', String(workers)],
      // Loading is no part of what is measured, and may take long on a busy machine.
      ...['--load-timeout', '30s'],
    ],
    files: {
      'router.js': routerScript({
        listen: port,
        good: upstreamPorts[0] ?? 0,
        faulty: upstreamPorts[1] ?? 0,
      }),
    },
  }),
}
