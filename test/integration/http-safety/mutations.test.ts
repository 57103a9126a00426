import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_OPTIONS, Http1Reference } from '../../reference/http1.ts'
import { type ByteStream, connectRaw } from '../support/byte-stream.ts'
import { readMessage } from '../support/http-message.ts'
import { startLb } from '../support/start-lb.ts'
import { type Forwarded, readForwarded } from './forwarded.ts'
import { startRecordingUpstream } from './recording-upstream.ts'
import { REQUEST_CASES } from './request-cases.ts'

/*
 * Requests that were changed at random go through `sluice lb`. What the reference parser says of
 * the same bytes is what has to happen: so many requests reach the upstream, each as the reference
 * would forward it, and not a byte of one that is refused.
 */
const SEED = 20_261_126
const ROUNDS = 3000
const BARRIER = 'GET /barrier HTTP/1.1\r\nHost: barrier\r\n\r\n'
/** Turns through the proxy after which what it has read is forwarded and answered for certain. */
const MOST_TURNS = 200

const SHORT = REQUEST_CASES.filter((one) => !one.isLenient && one.send.length < 1000)
const ALL = SHORT.map((one) => one.send + one.follow)
const ACCEPTED = SHORT.filter((one) => one.answers.every((status) => status === 200)).map(
  (one) => one.send + one.follow,
)
const BYTES = '\r\n\r\n\t :;,.=-_+"/?#%@[]()0015aAfFxX\x00\x0b\x0c\x7f\x80\xff'
const WORDS = [
  '\r\n',
  '\r\n\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: 0\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: x\r\n',
  'Connection: close\r\n',
  'Host: b\r\n',
  'Expect: 100-continue\r\n',
  '0\r\n\r\n',
  '5\r\nhello\r\n',
  'GET /word HTTP/1.1\r\nHost: a\r\n\r\n',
  ' HTTP/1.0\r\n',
  'chunked',
  'HEAD ',
]

test(`${ROUNDS} requests changed at random mean what the reference says (seed ${SEED})`, async (context) => {
  const upstream = await startRecordingUpstream(context)
  const { sluice, port } = await startLb(context, [upstream.address])
  const barrier = await connectRaw(context, port)
  const random = generator(SEED)
  let refusals = 0
  let requests = 0
  for (let round = 0; round < ROUNDS; round++) {
    const text = mutate(random)
    const expected = refer(text)
    const client = await connectRaw(context, port)
    client.write(text)
    const came: Forwarded[] = []
    for (let turn = 0; ; turn++) {
      await barrier.write(BARRIER).message()
      for (const recording of upstream.take()) came.push(...readForwarded(recording.text))
      const answers = statuses(client, expected.isHead)
      const complete = came.filter((one) => one.isComplete && one.head !== BARRIER)
      const what = `round ${round}: ${JSON.stringify(text)}`
      assert.ok(complete.length <= expected.requests.length, `${what}: too many requests`)
      const due = expected.requests.length + (expected.refusal === 0 ? 0 : 1)
      if (answers.length < due && client.ending !== 'reset' && turn < MOST_TURNS) continue
      assert.deepEqual(
        answers,
        [
          ...expected.requests.map(() => 200),
          ...(expected.refusal === 0 ? [] : [expected.refusal]),
        ],
        what,
      )
      assert.deepEqual(complete.map(normal).sort(), expected.requests.map(normal).sort(), what)
      break
    }
    client.socket.destroy()
    if (expected.refusal !== 0) refusals++
    requests += expected.requests.length
  }
  assert.equal(sluice.hasEnded, false)
  // The corpus is worth something: much was refused, and much was not.
  assert.ok(
    refusals > ROUNDS / 4 && requests > ROUNDS / 4,
    `${refusals} refused, ${requests} served`,
  )
})

interface Expected {
  requests: Pick<Forwarded, 'head' | 'body' | 'trailers'>[]
  /** Status of the answer to what is broken, or 0. */
  refusal: number
  /** Which requests are answered without a body. */
  isHead: boolean[]
}

function refer(text: string): Expected {
  const reference = new Http1Reference('request', DEFAULT_OPTIONS)
  reference.feed(text)
  const expected: Expected = { requests: [], refusal: 0, isHead: [] }
  let head = ''
  let body = ''
  let isChunked = false
  for (const event of reference.events) {
    switch (event.kind) {
      case 'head':
        head = `${event.lines.join('\r\n')}\r\n\r\n`
        body = ''
        isChunked = event.flags.has('chunked')
        break
      case 'data':
        body += event.bytes
        break
      case 'end': {
        const trailers = event.trailers.map((line) => `${line}\r\n`).join('')
        expected.requests.push({ head, body, trailers: isChunked ? trailers : null })
        expected.isHead.push(head.startsWith('HEAD '))
        break
      }
      case 'error':
        expected.refusal = event.status
    }
  }
  return expected
}

/** Lines in any order; a Host that was not there names the endpoint. */
function normal({ head, body, trailers }: Pick<Forwarded, 'head' | 'body' | 'trailers'>): string {
  const lines = head
    .split('\r\n')
    .map((line) => line.replace(/^host: *(127\.0\.0\.1:\d+)?$/i, 'host:'))
  return JSON.stringify([lines.sort(), body, trailers])
}

function statuses(client: ByteStream, isHead: readonly boolean[]): number[] {
  const found: number[] = []
  let bytes = Buffer.from(client.untaken, 'latin1')
  for (;;) {
    const message = readMessage(bytes, false, { isHead: isHead[found.length] === true })
    if (message === null) return found
    if (message.status >= 200) found.push(message.status)
    bytes = bytes.subarray(message.size)
  }
}

function mutate(random: (below: number) => number): string {
  const pick = <T>(list: ArrayLike<T>): T => list[random(list.length)] as T
  let text = pick(random(4) === 0 ? ALL : ACCEPTED)
  for (let changes = 1 + random(2); changes > 0; changes--) {
    const at = random(text.length)
    const end = at + 1 + random(8)
    switch (random(6)) {
      case 0:
        text = text.slice(0, at) + pick(BYTES) + text.slice(at + 1)
        break
      case 1:
        text = text.slice(0, at) + pick(BYTES) + text.slice(at)
        break
      case 2:
        text = text.slice(0, at) + text.slice(end)
        break
      case 3:
        text = text.slice(0, at) + text.slice(at, end).repeat(2) + text.slice(end)
        break
      case 4:
        text = text.slice(0, at) + pick(WORDS) + text.slice(at)
        break
      default:
        text = text.slice(0, at) + pick(ALL).slice(random(40))
    }
  }
  return text
}

/** Numbers from 0 to below the argument; the same for the same seed. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
