import assert from 'node:assert/strict'
import { STATUS_CODES } from 'node:http'
import type { TestContext } from 'node:test'
import { type ByteStream, connectRaw } from '../support/byte-stream.ts'
import { type Forwarded, readForwarded } from './forwarded.ts'
import type { RecordingUpstream } from './recording-upstream.ts'
import type { RequestCase } from './request-case.ts'
import { type Cut, write } from './write.ts'

const BARRIER = 'GET /barrier HTTP/1.1\r\nHost: barrier\r\n\r\n'

/** A running proxy, and the upstream behind it that tells what came through. */
export class RequestRig {
  readonly #context: TestContext
  readonly #port: number
  readonly #upstream: RecordingUpstream
  readonly #barrier: ByteStream
  /** Undoes what the proxy has been told to change about heads. */
  readonly #undo: (head: string) => string

  private constructor(
    context: TestContext,
    port: number,
    upstream: RecordingUpstream,
    barrier: ByteStream,
    undo: (head: string) => string,
  ) {
    this.#context = context
    this.#port = port
    this.#upstream = upstream
    this.#barrier = barrier
    this.#undo = undo
  }

  /** For a proxy with one worker that listens on `port` and sends everything to `upstream`. */
  static async start(
    context: TestContext,
    port: number,
    upstream: RecordingUpstream,
    undo: (head: string) => string = (head) => head,
  ): Promise<RequestRig> {
    return new RequestRig(context, port, upstream, await connectRaw(context, port), undo)
  }

  /** Runs a case; throws an AssertionError that tells what is wrong. */
  async check(one: RequestCase, cut: Cut): Promise<void> {
    this.#upstream.take()
    const client = await connectRaw(this.#context, this.#port)
    const before = one.closes ? one.answers : one.answers.slice(0, -1)
    await send(client, one, cut)
    for (const [index, status] of before.entries()) {
      const isHead = index === 0 && one.send.startsWith('HEAD ')
      await this.#checkAnswer(client, status, one.closes && index === before.length - 1, isHead)
    }
    if (one.closes) assert.equal(await client.rest(), '', 'bytes behind the last answer')
    else {
      await write(client, one.follow, cut)
      await this.#checkAnswer(client, one.answers.at(-1) ?? 0, false)
      assert.equal(client.untaken, '', 'bytes behind the last answer')
    }
    client.socket.destroy()
    this.#compare(await this.#forwarded(one.isCut), readForwarded(one.upstream), one.isCut)
  }

  async #checkAnswer(
    client: ByteStream,
    status: number,
    isLast: boolean,
    isHead = false,
  ): Promise<void> {
    const answer = await client.message({ isHead })
    assert.equal(answer.status, status)
    assert.equal(answer.field('connection'), isLast ? 'close' : 'keep-alive')
    if (status === 200) return assert.equal(answer.field('x-from'), 'upstream')
    assert.equal(answer.startLine, `HTTP/1.1 ${status} ${STATUS_CODES[status]}`)
    const [date = '', ...lines] = answer.lines
    assert.match(date, /^date: .* GMT$/)
    assert.deepEqual(lines, ['Connection: close', 'Content-Length: 0'])
  }

  /**
   * Everything that has come through. The proxy has one thread, so that what it sent before the
   * barrier was answered has arrived.
   */
  async #forwarded(isCut: boolean): Promise<Forwarded[]> {
    assert.equal((await this.#barrier.write(BARRIER).message()).status, 200)
    const found: Forwarded[] = []
    for (const { text, over } of this.#upstream.take()) {
      const requests = readForwarded(text)
      for (const request of requests) {
        if (isCut && !request.isComplete) await over
        const head = this.#undo(request.head)
        if (head !== BARRIER) found.push({ ...request, head })
      }
    }
    return found
  }

  #compare(came: Forwarded[], expected: Forwarded[], isCut: boolean): void {
    if (!isCut) return assert.deepEqual(came.toSorted(inOrder), expected.toSorted(inOrder))
    const [only, ...others] = came
    assert.deepEqual(others, [])
    if (only === undefined) return
    const [most] = expected
    assert.equal(only.isComplete, false, 'the upstream takes the request for complete')
    assert.ok(most?.head.startsWith(only.head), `forwarded ${JSON.stringify(only.head)}`)
    assert.ok(most?.body.startsWith(only.body), `forwarded ${JSON.stringify(only.body)}`)
  }
}

/** Requests of one connection may go to the upstream over several. */
function inOrder(one: Forwarded, other: Forwarded): number {
  const a = one.head + one.body
  const b = other.head + other.body
  return a < b ? -1 : a > b ? 1 : 0
}

async function send(client: ByteStream, one: RequestCase, cut: Cut): Promise<void> {
  if (!one.closes) return write(client, one.send, cut)
  if (one.answers.at(-1) !== 200) return write(client, one.send + one.follow, cut)
  // A client that has said that it asks no more is not waited for: what follows has to be there.
  await write(client, one.send.slice(0, -1), cut)
  client.write(one.send.slice(-1) + one.follow)
}
