import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from '../support/byte-stream.ts'
import { startScript } from '../support/start-script.ts'

const SCRIPT = `pipy({ _map: new algo.SharedMap('requests'), _all: [] })
  .listen(0, { host: '127.0.0.1' })
    .decodeHttpRequest()
    .replaceMessage(msg => (
      msg.head.path === '/die' && repeat(() => (_all.push(new Array(1000000).fill(1)), true)),
      new Message(String(
        msg.head.path === '/sum' ? _map.get('all') : _map.add('all', 1)
      ))
    ))
    .encodeHttpResponse()
`

test('workers count together, through deaths and reloads', async (context) => {
  const options = ['--workers', '4', '--worker-memory', '64']
  const { sluice, port } = await startScript(context, SCRIPT, ...options)
  const ask = async (path: string, times = 1): Promise<string> => {
    const connection = await connectRaw(context, port)
    let body = ''
    for (let i = 0; i < times; i++) {
      connection.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
      body = (await connection.message()).body
    }
    connection.socket.destroy()
    return body
  }
  // Enough connections that all workers have some.
  await Promise.all(Array.from({ length: 40 }, () => ask('/', 25)))
  assert.equal(await ask('/sum'), '1000')

  const deadly = await connectRaw(context, port)
  deadly.write('GET /die HTTP/1.1\r\nHost: a\r\n\r\n')
  await sluice.line(/Worker \d died: out of memory/)
  await Promise.all(Array.from({ length: 40 }, () => ask('/')))
  assert.equal(await ask('/sum'), '1040')

  sluice.signal('SIGHUP')
  await sluice.line(/Script reloaded/)
  await Promise.all(Array.from({ length: 40 }, () => ask('/')))
  assert.equal(await ask('/sum'), '1080')
})
