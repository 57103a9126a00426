import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { freePort } from '../../support/free-port.ts'

/** A real nginx as an upstream. */
export interface Nginx {
  readonly port: number
  readonly address: string
  /** Folder that it serves files from. */
  readonly root: string
}

/**
 * Starts nginx with `locations` inside of its only server, and `listen` behind the address of its
 * listener; it is gone with the test.
 */
export async function startNginx(
  context: TestContext,
  locations: string,
  listen = '',
): Promise<Nginx> {
  const root = mkdtempSync(join(tmpdir(), 'sluice-nginx-'))
  const port = await freePort()
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${root}/${name};`)
    .join('\n')
  writeFileSync(
    join(root, 'nginx.conf'),
    `daemon off; master_process off; pid ${root}/nginx.pid; error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off; ${paths} client_max_body_size 0; keepalive_requests 1000000;
  server { listen 127.0.0.1:${port} ${listen}; root ${root}; ${locations} }
}
`,
  )
  const child = spawn('nginx', ['-p', root, '-c', join(root, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  context.after(async () => {
    if (child.exitCode === null) {
      child.kill('SIGKILL')
      await once(child, 'close')
    }
    rmSync(root, { recursive: true, force: true })
  })
  await accepts(child, port)
  return { port, address: `127.0.0.1:${port}`, root }
}

/** Resolves when a child process accepts connections on a port. */
export async function accepts(child: ChildProcess, port: number): Promise<void> {
  let output = ''
  child.stderr?.on('data', (data) => {
    output += data
  })
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended: ${output}`)
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return
    // Nothing tells when a program begins to listen: ask again a little later.
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
