import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { runPeer } from './peer-process.ts'

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
  const root = temporaryFolder(context)
  const port = await findFreePort()
  await runNginx(
    context,
    root,
    port,
    `http {
  client_max_body_size 0; keepalive_requests 1000000;
  server { listen 127.0.0.1:${port} ${listen}; root ${root}; ${locations} }
}`,
  )
  return { port, address: `127.0.0.1:${port}`, root }
}

/** Runs nginx in a folder until the test ends, with whole sections; they listen on `port`. */
export async function runNginx(
  context: TestContext,
  root: string,
  port: number,
  sections: string,
): Promise<void> {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${root}/${name};`)
    .join(' ')
  const isStream = sections.includes('stream {')
  const file = join(root, 'nginx.conf')
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${root}/nginx.pid; error_log stderr error;
${isStream ? `load_module ${NGINX_STREAM_MODULE};` : ''}
events { worker_connections 4096; }
${sections.replace('http {', `http { access_log off; ${paths}`)}
`,
  )
  await runPeer(context, 'nginx', ['-p', root, '-c', file], port)
}

/** Where Debian's libnginx-mod-stream has it. */
export const NGINX_STREAM_MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so'
