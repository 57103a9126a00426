import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { type ByteStream, connectRaw } from '../support/byte-stream.ts'
import { type HttpMessage, readMessage } from '../support/http-message.ts'
import { type RawServer, response } from '../support/raw-server.ts'
import { readBody } from './forwarded.ts'
import { NEXT } from './request-case.ts'
import type { ResponseCase } from './response-case.ts'
import { type Cut, write } from './write.ts'

/** A running proxy, and the upstream behind it that plays the cases. */
export class ResponseRig {
  readonly #context: TestContext
  readonly #port: number
  readonly #upstream: RawServer

  /** For a proxy that listens on `port` and sends everything to `upstream`. */
  constructor(context: TestContext, port: number, upstream: RawServer) {
    this.#context = context
    this.#port = port
    this.#upstream = upstream
  }

  /** Runs a case; throws an AssertionError that tells what is wrong. */
  async check(one: ResponseCase, cut: Cut): Promise<void> {
    const client = await connectRaw(this.#context, this.#port)
    client.write(one.request)
    const connection = await this.#upstream.connection()
    await connection.through('\r\n\r\n')
    await write(connection, one.send, cut)
    if (one.ends === 'fin') connection.end()
    else if (one.ends === 'reset') connection.reset()

    if (one.client === 'aborted') await checkBrokenOff(client, one.answer)
    else await checkAnswers(client, one)
    if (one.client === 'closed') assert.equal(await client.rest(), '', 'bytes behind the answer')
    await this.#checkNext(one, client, connection)
    client.socket.destroy()
  }

  /** Another request goes to the same upstream connection, or to another one. */
  async #checkNext(one: ResponseCase, client: ByteStream, before: ByteStream): Promise<void> {
    if (!one.isPooled) await before.over()
    const asker = one.client === 'open' ? client : await connectRaw(this.#context, this.#port)
    asker.write(NEXT)
    const connection = one.isPooled ? before : await this.#upstream.connection()
    assert.equal(await connection.through('\r\n\r\n'), NEXT)
    connection.write(response('next'))
    assert.equal((await asker.message()).body, 'next')
    assert.equal(asker.untaken, '')
    asker.socket.destroy()
    connection.end()
    await connection.over()
  }
}

async function checkAnswers(client: ByteStream, one: ResponseCase): Promise<void> {
  const framing = { isHead: one.request.startsWith('HEAD ') }
  for (let rest = Buffer.from(one.answer, 'latin1'); rest.length > 0; ) {
    const expected = readMessage(rest, true, framing)
    assert.ok(expected !== null)
    assert.deepEqual(facts(await client.message(framing)), facts(expected))
    rest = rest.subarray(expected.size)
  }
  if (one.client === 'open') assert.equal(client.untaken, '', 'bytes behind the answer')
}

/** Fields of ours have no certain place among the others. */
function facts({ startLine, lines, body, isChunked, trailers }: HttpMessage): object {
  return { startLine, lines: lines.toSorted(), body, isChunked, trailers }
}

async function checkBrokenOff(client: ByteStream, most: string): Promise<void> {
  const isRefusal = (): boolean => /^HTTP\/1\.1 502 .*\r\n\r\n$/s.test(client.untaken)
  await client.until(() => isRefusal() || client.ending !== 'open', 'end', true)
  // A reset may take back what was sent before it, and nothing more comes than the refusal.
  if (client.untaken === '' || isRefusal()) return
  const came = begun(client.untaken)
  const expected = begun(most)
  assert.equal(came.isComplete, false, 'the client takes the answer for complete')
  assert.deepEqual(came.lines, expected.lines)
  assert.ok(expected.body.startsWith(came.body), `body ${JSON.stringify(came.body)}`)
}

function begun(text: string): { lines: string[]; body: string; isComplete: boolean } {
  const at = text.indexOf('\r\n\r\n') + 4
  const head = text.slice(0, at)
  const { body, end } = readBody(text, at, head)
  return { lines: head.split('\r\n').toSorted(), body, isComplete: end >= 0 }
}
