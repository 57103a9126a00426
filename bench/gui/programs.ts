import { readFileSync } from 'node:fs'
import type { Peer, PeerSetup } from '../load/peers/peer.ts'
import { sluice } from '../load/peers/sluice.ts'
import { projectPath } from '../load/project.ts'

/** What is looked at: a script whose callback chooses targets, and a load balancer. */
export const PROGRAMS = ['script', 'config'] as const

export type Program = (typeof PROGRAMS)[number]

/** Sluice running a program, with its web UI or without. */
export function sluiceRunning(program: Program, hasGui: boolean): Peer {
  const file = program === 'script' ? 'main.js' : 'lb.yaml'
  return {
    ...sluice,
    name: `${program}-${hasGui ? 'gui' : 'off'}`,
    launch: (setup) => ({
      program: process.execPath,
      args: [
        projectPath('bin/sluice'),
        ...(hasGui ? ['--gui-port=127.0.0.1:0'] : []),
        ...['--workers', String(setup.workers), file],
      ],
      files: { [file]: program === 'script' ? script(setup) : config(setup) },
    }),
  }
}

function script({ port, upstreamPorts }: PeerSetup): string {
  return readFileSync(projectPath('bench/load/scripts/route.js'), 'utf8')
    .replace('8080', String(port))
    .replace('9001', String(upstreamPorts[0]))
    .replace('9002', String(upstreamPorts[1]))
}

function config({ port, upstreamPorts }: PeerSetup): string {
  const endpoints = upstreamPorts.map((upstream) => `127.0.0.1:${upstream}`)
  return `listeners:
  - { address: 127.0.0.1:${port}, upstream: app }
upstreams:
  app: { endpoints: [${endpoints.join(', ')}] }
`
}
