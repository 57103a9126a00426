import { existsSync, readFileSync } from 'node:fs'
import { projectPath } from '../project.ts'
import type { Launch, Peer, PeerSetup } from './peer.ts'

/** Sluice as an HTTP load balancer, set up by flags. */
export const sluice: Peer = {
  name: 'sluice',
  label: 'Sluice',
  version: sluiceVersion,
  remedy: 'npm run setup',
  launch: (setup) => launch(balancerArgs(setup)),
}

/** The same from a config that has all that operators look at: health checks, metrics, access log. */
export const sluiceObserved: Peer = {
  ...sluice,
  name: 'sluice-observed',
  label: 'Sluice (health checks, metrics, log)',
  launch: (setup) => launchConfig(setup, true),
}

/** The same config without them. */
export const sluiceUnobserved: Peer = {
  ...sluice,
  name: 'sluice-unobserved',
  label: 'Sluice (nothing on)',
  launch: (setup) => launchConfig(setup, false),
}

/** Sluice passing TCP through. */
export const sluiceTcp: Peer = {
  name: 'sluice-tcp',
  label: 'Sluice (TCP)',
  version: sluiceVersion,
  remedy: 'npm run setup',
  launch: (setup) => launch([...balancerArgs(setup), '--tcp']),
}

/** Sluice running a script whose callback chooses the target of every request. */
export const sluiceScript: Peer = {
  name: 'sluice-script',
  label: 'Sluice (script)',
  version: sluiceVersion,
  remedy: 'npm run setup',
  launch: (setup) => ({
    ...launch(['route.js', '--workers', String(setup.workers)]),
    files: { 'route.js': readScript('route.js', setup) },
  }),
}

/** Sluice balancing Dubbo calls one by one. */
export const sluiceDubbo: Peer = {
  name: 'sluice-dubbo',
  label: 'Sluice (Dubbo)',
  version: sluiceVersion,
  remedy: 'npm run setup',
  launch: (setup) => ({
    ...launch(['dubbo.js', '--workers', String(setup.workers)]),
    files: { 'dubbo.js': readScript('dubbo.js', setup) },
  }),
}

function sluiceVersion(): string | undefined {
  if (!existsSync(projectPath('bin/sluice'))) return undefined
  const manifest: unknown = JSON.parse(readFileSync(projectPath('package.json'), 'utf8'))
  return String((manifest as { version: string }).version)
}

function launch(args: readonly string[]): Launch {
  return { program: process.execPath, args: [projectPath('bin/sluice'), ...args] }
}

function balancerArgs({ port, upstreamPorts, workers }: PeerSetup): string[] {
  const targets = upstreamPorts.flatMap((upstreamPort) => ['--to', `127.0.0.1:${upstreamPort}`])
  return ['lb', '--listen', `127.0.0.1:${port}`, ...targets, '--workers', String(workers)]
}

function launchConfig(setup: PeerSetup, isObserved: boolean): Launch {
  const { directory, port, upstreamPorts, workers } = setup
  const upstream = { endpoints: upstreamPorts.map((one) => `127.0.0.1:${one}`) }
  const config = {
    listeners: [{ address: `127.0.0.1:${port}`, upstream: 'default' }],
    upstreams: { default: isObserved ? { ...upstream, health: { interval: '1s' } } : upstream },
    ...(isObserved && { accessLog: { path: `${directory}/access.log` } }),
    process: { workers, ...(isObserved && { admin: { address: '127.0.0.1:0' } }) },
  }
  return { ...launch(['lb.json']), files: { 'lb.json': JSON.stringify(config, null, 2) } }
}

// A script has its default ports in it, so that it also runs by hand; here they are replaced.
function readScript(name: string, { port, upstreamPorts }: PeerSetup): string {
  return readFileSync(projectPath('bench/load/scripts', name), 'utf8')
    .replace('8080', String(port))
    .replace('9001', String(upstreamPorts[0]))
    .replace('9002', String(upstreamPorts[1]))
}
