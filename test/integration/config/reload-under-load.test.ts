import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { ConfigInput } from '../../../src/config/schema/config.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { answering, type RawServer, response, startRawServer } from '../support/raw-server.ts'
import { reload, startConfig } from '../support/start-config.ts'

const execFileAsync = promisify(execFile)

function configOf(servers: Readonly<Record<string, RawServer>>, upstream: string): ConfigInput {
  return {
    listeners: [{ address: '127.0.0.1:0', upstream }],
    upstreams: Object.fromEntries(
      Object.entries(servers).map(([name, { address }]) => [name, { endpoints: [address] }]),
    ),
  }
}

test('twenty reloads under load lose no request, and move every connection', async (context) => {
  const servers: Record<string, RawServer> = {}
  for (const name of ['a', 'b']) {
    servers[name] = await startRawServer(
      context,
      answering(() => response(name, `X-Server: ${name}`)),
    )
  }
  const running = await startConfig(context, configOf(servers, 'a'), '--workers', '2')
  const [port = 0] = running.ports
  const load = execFileAsync('wrk', ['-t1', '-c8', '-d100s', `http://127.0.0.1:${port}/`])
  const clients = await Promise.all(Array.from({ length: 16 }, () => connectRaw(context, port)))
  for (let i = 1; i <= 20; i++) {
    const name = i % 2 === 0 ? 'a' : 'b'
    await reload(running, configOf(servers, name))
    const answers = await Promise.all(
      clients.map((client) => client.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n').message()),
    )
    for (const { status, body } of answers) assert.deepEqual([status, body], [200, name])
  }
  // It tells what it has seen.
  load.child.kill('SIGINT')
  const { stdout } = await load
  assert.doesNotMatch(stdout, /Socket errors|Non-2xx/)
  assert.match(stdout, /requests in/)
})
