import { toolVersion } from '../process/tool.ts'
import type { Peer, PeerSetup } from './peer.ts'

/** HAProxy as an HTTP load balancer: one thread, no log, connections to the upstream always reused. */
export const haproxy: Peer = {
  name: 'haproxy',
  label: 'HAProxy',
  version: haproxyVersion,
  remedy: 'apt-get install haproxy',
  launch: (setup) => launch(setup, 'mode http\n  http-reuse always'),
}

/**
 * HAProxy as an HTTP load balancer that moves response bodies inside the kernel (splice): its best
 * setting for large bodies, and no help for small ones.
 */
export const haproxySplice: Peer = {
  ...haproxy,
  name: 'haproxy-splice',
  label: 'HAProxy (splice)',
  launch: (setup) => launch(setup, 'mode http\n  http-reuse always\n  option splice-response'),
}

/** HAProxy passing TCP through, one thread. */
export const haproxyTcp: Peer = {
  name: 'haproxy-tcp',
  label: 'HAProxy (TCP)',
  version: haproxyVersion,
  remedy: 'apt-get install haproxy',
  launch: (setup) => launch(setup, 'mode tcp'),
}

function haproxyVersion(): string | undefined {
  return toolVersion({ program: 'haproxy', versionArgs: ['-v'], debianPackage: 'haproxy' })
}

function launch(setup: PeerSetup, mode: string): ReturnType<Peer['launch']> {
  return {
    program: 'haproxy',
    args: ['-db', '-f', `${setup.directory}/haproxy.cfg`],
    files: { 'haproxy.cfg': haproxyConfig(setup, mode) },
  }
}

function haproxyConfig({ port, upstreamPorts, workers }: PeerSetup, mode: string): string {
  const servers = upstreamPorts.map((upstreamPort, index) => {
    return `  server endpoint${index} 127.0.0.1:${upstreamPort}`
  })
  return `global
  nbthread ${workers}
  maxconn 7000
defaults
  ${mode}
  no log
  timeout connect 5s
  timeout client 600s
  timeout server 600s
listen balancer
  bind 127.0.0.1:${port}
  balance roundrobin
${servers.join('\n')}
`
}
