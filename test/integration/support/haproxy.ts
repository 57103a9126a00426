import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { freePort } from '../../support/free-port.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { accepts } from './nginx.ts'

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
  const port = await freePort()
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
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  context.after(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'close')
  })
  await accepts(child, port)
}
