import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSluice } from '../support/sluice-process.ts'
import { temporaryScript } from '../support/temporary-script.ts'
import { connectRaw } from './support/byte-stream.ts'

const SCRIPT = `pipy()
  .listen(0, { host: '127.0.0.1' })
    .decodeHttpRequest()
    .demux('answer')
    .encodeHttpResponse()
  .pipeline('answer')
    .replaceMessage(msg => (msg.head.path === '/loop' && repeat(() => true), new Message('hi')))
`
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

test('SIGTSTP prints what there is, and SIGCONT is not needed', async (context) => {
  const sluice = startSluice(context, [temporaryScript(context, SCRIPT), '--workers', '2'])
  const [port = 0] = await sluice.ports()
  const client = await connectRaw(context, port)
  assert.equal((await client.write(GET).message()).body, 'hi')
  sluice.signal('SIGTSTP')
  await sluice.line(/^PIPELINE +#ALLOCATED +#ACTIVE\n-+\n/m)
  await sluice.line(/^\/main\.js \[Listen on port 0\] +1 +1$/m)
  await sluice.line(/^\/main\.js \[answer\] +1 +[01]$/m)
  await sluice.line(/^TOTAL +2 +[12]$/m)
  await sluice.line(/^CLASS +#INSTANCES\n-+\nInbound +1\nOutbound +0\nSession +0\n/m)

  sluice.signal('SIGHUP')
  await sluice.line(/Script reloaded/)
  assert.equal((await client.write(GET).message()).body, 'hi')
  sluice.signal('SIGTSTP')
  await sluice.line(/^\[STALE\] \/main\.js \[Listen on port 0\] +1 +1$/m)
  sluice.signal('SIGTERM')
  const { status, stdout } = await sluice.exit()
  assert.equal(status, 0)
  assert.match(stdout, /Stopped\.\nDone\.\n$/)
})

test('a worker in an endless loop is replaced', async (context) => {
  const file = temporaryScript(context, SCRIPT)
  const sluice = startSluice(context, [file, '--hang-timeout', '1s'])
  const [port = 0] = await sluice.ports()
  const client = await connectRaw(context, port)
  client.write('GET /loop HTTP/1.1\r\nHost: a\r\n\r\n')
  await sluice.line(
    /\[error\] \[worker\] Worker 0 died: did not answer for 1 s.*; replacing it now/,
  )
  const next = await connectRaw(context, port)
  assert.equal((await next.write(GET).message()).body, 'hi')
})
