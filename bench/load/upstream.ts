import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BenchError } from './bench-error.ts'
import { nginxHttpDefaults, nginxPreamble } from './peers/nginx.ts'
import { findFreePort } from './process/free-port.ts'
import { startProcess } from './process/managed-process.ts'
import { waitForPort } from './process/wait-for-port.ts'

/** The one upstream of a benchmark run: two endpoints that answer at once. */
export interface Upstream {
  readonly ports: readonly [number, number]
}

/** Paths the upstream answers, with the size of the body in bytes. */
export const UPSTREAM_BODIES: Readonly<Record<UpstreamPath, number>> = {
  '/': 100,
  '/1k': 1024,
  '/64k': 64 * 1024,
  '/1m': 1024 * 1024,
}

/** A path the upstream answers. */
export type UpstreamPath = '/' | '/1k' | '/64k' | '/1m'

/** What else an upstream is to have, in nginx's language. */
export interface UpstreamExtras {
  /** Parameters of its `listen`. */
  readonly listen: string
  readonly locations: string
}

/** Starts nginx with one worker on the load side's processor; it is stopped with the benchmark. */
export async function startUpstream(
  workspace: string,
  cpus: string,
  extras: UpstreamExtras = { listen: '', locations: '' },
): Promise<Upstream> {
  const directory = join(workspace, 'upstream')
  mkdirSync(directory)
  for (const path of ['/1k', '/64k', '/1m'] as const) {
    writeFileSync(join(directory, path), 'x'.repeat(UPSTREAM_BODIES[path]))
  }
  const ports = [await findFreePort(), await findFreePort()] as const
  writeFileSync(join(directory, 'nginx.conf'), upstreamConfig(directory, ports, extras))
  const command = {
    program: 'nginx',
    args: ['-p', directory, '-e', 'stderr', '-c', `${directory}/nginx.conf`],
  }
  const child = await startProcess(command, cpus, directory)
  try {
    for (const port of ports) await waitForPort(port, child)
  } catch (error) {
    throw new BenchError(`upstream nginx: ${error instanceof Error ? error.message : error}`)
  }
  return { ports }
}

function upstreamConfig(
  directory: string,
  ports: readonly [number, number],
  extras: UpstreamExtras,
): string {
  return `${nginxPreamble(directory, 1)}
http {
  ${nginxHttpDefaults(directory)}
  open_file_cache max=16;
  open_file_cache_valid 600s;
  default_type text/plain;
  client_max_body_size 16m;
  server {
    ${ports.map((port) => `listen 127.0.0.1:${port} reuseport ${extras.listen};`).join(' ')}
    ${extras.locations}
    root ${directory};
    location = / { return 200 '${'x'.repeat(UPSTREAM_BODIES['/'])}'; }
  }
}
`
}
