import { type TestContext, test } from 'node:test'
import { startRawServer } from '../support/raw-server.ts'
import { startLb } from '../support/start-lb.ts'
import { startScript } from '../support/start-script.ts'
import { RESPONSE_CASES } from './response-cases.ts'
import { ResponseRig } from './response-rig.ts'

test('sluice lb', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  await checkAll(context, new ResponseRig(context, port, upstream))
})

test('a script whose codecs have no socket beside them', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' }).link('codecs')
      .pipeline('codecs').decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request').mux('upstream', () => '', { pipelining: 1, maxSessions: 9 })
      .pipeline('upstream').encodeHttpRequest().link('socket').decodeHttpResponse()
      .pipeline('socket').connect('${upstream.address}')`,
  )
  await checkAll(context, new ResponseRig(context, port, upstream))
})

async function checkAll(context: TestContext, rig: ResponseRig): Promise<void> {
  for (const one of RESPONSE_CASES) {
    await context.test(`${one.name} (RFC ${one.rfc})`, async () => {
      await rig.check(one, 'whole')
      await rig.check(one, 'byte by byte')
    })
  }
}
