import { type TestContext, test } from 'node:test'
import { startLb } from '../support/start-lb.ts'
import { startScript } from '../support/start-script.ts'
import { startRecordingUpstream } from './recording-upstream.ts'
import type { RequestCase } from './request-case.ts'
import { REQUEST_CASES } from './request-cases.ts'
import { RequestRig } from './request-rig.ts'

const CASES = REQUEST_CASES.filter((one) => !one.isLenient)
const LENIENT = REQUEST_CASES.filter((one) => one.isLenient)

test('sluice lb', async (context) => {
  const upstream = await startRecordingUpstream(context)
  const { port } = await startLb(context, [upstream.address])
  await checkAll(context, await RequestRig.start(context, port, upstream))
})

test('a script that changes every head', async (context) => {
  const upstream = await startRecordingUpstream(context)
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request')
      .onMessageStart(({ head }) => void (head.headers['x-touched'] = 'yes'))
      .mux('upstream')
      .pipeline('upstream').encodeHttpRequest().connect('${upstream.address}').decodeHttpResponse()`,
  )
  const undo = (head: string): string => head.replace('x-touched: yes\r\n', '')
  await checkAll(context, await RequestRig.start(context, port, upstream, undo))
})

test('a script whose codecs have no socket beside them', async (context) => {
  const upstream = await startRecordingUpstream(context)
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' }).link('codecs')
      .pipeline('codecs').decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request').mux('upstream')
      .pipeline('upstream').encodeHttpRequest().link('socket').decodeHttpResponse()
      .pipeline('socket').connect('${upstream.address}')`,
  )
  await checkAll(context, await RequestRig.start(context, port, upstream))
})

test('sluice lb --http-lenient-lf', async (context) => {
  const upstream = await startRecordingUpstream(context)
  const { port } = await startLb(context, [upstream.address], '--http-lenient-lf')
  await checkAll(context, await RequestRig.start(context, port, upstream), LENIENT)
})

test('a script that is lenient and changes every head', async (context) => {
  const upstream = await startRecordingUpstream(context)
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1', httpLenientLf: true })
      .decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request')
      .onMessageStart(({ head }) => void (head.headers['x-touched'] = 'yes'))
      .mux('upstream')
      .pipeline('upstream').encodeHttpRequest().connect('${upstream.address}').decodeHttpResponse()`,
  )
  const undo = (head: string): string => head.replace('x-touched: yes\r\n', '')
  await checkAll(context, await RequestRig.start(context, port, upstream, undo), LENIENT)
})

async function checkAll(
  context: TestContext,
  rig: RequestRig,
  cases: readonly RequestCase[] = CASES,
): Promise<void> {
  for (const one of cases) {
    await context.test(`${one.name} (RFC ${one.rfc})`, async () => {
      await rig.check(one, 'whole')
      await rig.check(one, 'byte by byte')
    })
  }
}
