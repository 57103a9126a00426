import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { runPeer } from './peer-process.ts'

/** What HAProxy is told beyond the plain. */
export interface HaproxySettings {
  /** Words for its listener, for its server, and whole lines. */
  readonly bind?: string
  readonly server?: string
  readonly lines?: readonly string[]
}

/** Starts HAProxy in front of a server, `host:port`; it is gone with the test. Returns its port. */
export async function startHaproxy(
  context: TestContext,
  to: string,
  { bind = '', server = '', lines = [] }: HaproxySettings = {},
): Promise<number> {
  const port = await findFreePort()
  await runHaproxy(
    context,
    port,
    `global
  tune.bufsize 65536
  tune.http.maxhdr 200
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
listen one
  bind 127.0.0.1:${port} ${bind}
  http-reuse always
  retries 0
  server next ${to} ${server}
${lines.map((line) => `  ${line}\n`).join('')}`,
  )
  return port
}

/** Runs HAProxy until the test ends, with a whole config that listens on `port`. */
export async function runHaproxy(context: TestContext, port: number, text: string): Promise<void> {
  const file = join(temporaryFolder(context), 'haproxy.cfg')
  writeFileSync(file, text)
  await runPeer(context, 'haproxy', ['-db', '-f', file], port)
}
