import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type ByteStream, connectRaw, exchange } from './support/byte-stream.ts'
import { response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'
import { startScript } from './support/start-script.ts'

interface Request {
  readonly line: string
  readonly connection: ByteStream
}

/** A server that hands out requests in the order of their arrival, whatever connection they are on. */
async function startQueue(context: TestContext) {
  const arrived: Request[] = []
  const takers: ((request: Request) => void)[] = []
  const server = await startRawServer(context, async (connection) => {
    for (;;) {
      const { startLine } = await connection.message()
      const request = { line: startLine.replace(' HTTP/1.1', ''), connection }
      const taker = takers.shift()
      if (taker === undefined) arrived.push(request)
      else taker(request)
    }
  })
  const next = async (): Promise<Request> =>
    arrived.shift() ?? new Promise((resolve) => takers.push(resolve))
  return { server, next }
}

type Queue = Awaited<ReturnType<typeof startQueue>>

/** Another client's request, asked and answered: what came before it and may go on has done so. */
async function barrier(context: TestContext, port: number, { next }: Queue): Promise<void> {
  const answer = exchange(context, port, 'GET /barrier HTTP/1.1\r\nHost: a\r\n\r\n')
  const { line, connection } = await next()
  assert.equal(line, 'GET /barrier', 'this has begun too early')
  connection.write(response('barrier'))
  await answer
}

function request(line: string): string {
  const hasBody = /^(PUT|POST|PATCH)/.test(line)
  return `${line} HTTP/1.1\r\nHost: a\r\n${hasBody ? 'Content-Length: 4\r\n\r\nbody' : '\r\n'}`
}

/** What was pipelined in one packet, and what of it the upstream may have at the same time. */
const cases: [name: string, together: string[][]][] = [
  ['three unsafe requests', [['PUT /1'], ['DELETE /2'], ['POST /3']]],
  ['safe ones around unsafe ones', [['GET /1', 'HEAD /2'], ['PATCH /3'], ['GET /4', 'OPTIONS /5']]],
  ['a method that nobody knows', [['GET /1'], ['STIR /2'], ['GET /3']]],
]

const ways: [
  name: string,
  start: (context: TestContext, to: string) => Promise<{ port: number }>,
][] = [
  ['lb', (context, to) => startLb(context, [to])],
  [
    'a script that has put another head in place of each',
    (context, to) =>
      startScript(
        context,
        `pipy()
          .listen(0, { host: '127.0.0.1' })
          .decodeHttpRequest()
          .replaceMessageStart(e => new MessageStart({ ...e.head }))
          .demux('request').encodeHttpResponse()
          .pipeline('request').mux('upstream', () => '', { pipelining: 1, maxSessions: 10 })
          .pipeline('upstream').encodeHttpRequest().connect('${to}').decodeHttpResponse()`,
      ),
  ],
]

for (const [way, start] of ways) {
  for (const [name, together] of cases) {
    test(`${way}: ${name} reach the upstream in order, and only safe ones side by side`, async (context) => {
      const queue = await startQueue(context)
      const { port } = await start(context, queue.server.address)
      const client = await connectRaw(context, port)
      client.write(together.flat().map(request).join(''))
      for (const lines of together) {
        const requests: Request[] = []
        for (const _ of lines) requests.push(await queue.next())
        assert.deepEqual(requests.map(({ line }) => line).sort(), [...lines].sort())
        await barrier(context, port, queue)
        for (const line of lines) {
          const found = requests.find((one) => one.line === line)
          const isHead = line.startsWith('HEAD')
          found?.connection.write(isHead ? response('x').slice(0, -1) : response(line))
          const answer = await client.message({ isHead })
          if (!isHead) assert.equal(answer.body, line)
        }
      }
    })
  }
}
