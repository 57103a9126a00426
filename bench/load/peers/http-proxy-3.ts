import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { siblingModule } from '../project.ts'
import type { Peer } from './peer.ts'

/** The proxy library of the Node world, in one process with keep-alive agents. */
export const httpProxy3: Peer = {
  name: 'http-proxy-3',
  label: 'http-proxy-3',
  version: () => {
    try {
      const manifest = createRequire(import.meta.url)('http-proxy-3/package.json')
      return String((manifest as { version: string }).version)
    } catch {
      return undefined
    }
  },
  remedy: 'npm install',
  launch: ({ port, upstreamPorts }) => ({
    program: process.execPath,
    args: [fileURLToPath(siblingModule(import.meta.url, 'http-proxy-3-server'))],
    environment: { PORT: String(port), UPSTREAM_PORTS: upstreamPorts.join(',') },
  }),
}
