import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sanitizerEnvironment } from '../../support/sanitized.ts'
import { connectClient, until } from './test-engine.ts'

const CLIENTS = 100
/** Descriptors of the server: fewer than clients, more than Node needs for itself. */
const LIMIT = 70

test('a listener survives the lack of descriptors, and takes the waiting later', async () => {
  const script = fileURLToPath(new URL('./few-descriptors-server.js', import.meta.url))
  const start = `ulimit -n ${LIMIT}; exec "$0" "$1"`
  const server = spawn('sh', ['-c', start, process.execPath, script], {
    env: { ...process.env, ...sanitizerEnvironment() },
  })
  server.stderr.pipe(process.stderr)
  const [line] = await once(server.stdout, 'data')
  const port = Number(String(line))
  let answers = 0
  const clients = []
  for (let i = 0; i < CLIENTS; i++) {
    const client = await connectClient({ port })
    client.once('data', () => {
      answers++
      client.end()
    })
    clients.push(client)
  }
  // Nobody is answered, and so nobody leaves, before all are there.
  for (const client of clients) client.write('ping')
  await until(() => answers === CLIENTS)
  server.stdin.end()
  const [errors] = await once(server.stdout, 'data')
  assert.ok(Number(String(errors)) > 0, 'the server never ran out')
})
