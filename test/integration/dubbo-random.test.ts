import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CALL, EVENT, frame, REQUEST } from '../support/dubbo-frames.ts'
import { patience } from '../support/patience.ts'
import { DubboPeer } from './support/dubbo-peer.ts'
import { startRawServer } from './support/raw-server.ts'
import { startScript } from './support/start-script.ts'

/*
 * Many clients at once send calls, one-way messages and heartbeats of random sizes in random pieces;
 * the upstream answers in random order and random pieces. Every call gets its own answer, once.
 */
const CLIENTS = 8
/** Fewer where everything is slower: who does not take its answers for long is cut off. */
const CALLS = Math.ceil(150 / patience(1))
const PAUSE_BYTES = 30_000

const SCRIPTS = {
  fused: (to: string): string => `pipy()
    .listen(0, { host: '127.0.0.1' }).decodeDubbo().demux('call').encodeDubbo()
    .pipeline('call').mux('up', () => Math.random() < 0.5 ? 'a' : 'b')
    .pipeline('up').encodeDubbo().connect('${to}').decodeDubbo()`,
  direct: (to: string): string => `pipy()
    .listen(0, { host: '127.0.0.1' }).link('codecs')
    .pipeline('codecs').decodeDubbo().demux('call').encodeDubbo()
    .pipeline('call').mux('up', () => Math.random() < 0.5 ? 'a' : 'b')
    .pipeline('up').encodeDubbo().link('socket').decodeDubbo()
    .pipeline('socket').connect('${to}')`,
  changed: (to: string): string => `pipy()
    .listen(0, { host: '127.0.0.1' }).decodeDubbo().demux('call').encodeDubbo()
    .pipeline('call').replaceMessageBody(body => body).mux('up').replaceMessageBody(body => body)
    .pipeline('up').encodeDubbo().connect('${to}').decodeDubbo()`,
}

for (const [name, script] of Object.entries(SCRIPTS)) {
  test(`random traffic, ${name}`, async (context) => {
    const oneWays: string[] = []
    const server = await startRawServer(context, (stream) => answer(new DubboPeer(stream), oneWays))
    const { port } = await startScript(context, script(server.address))
    const sent = await Promise.all(
      Array.from({ length: CLIENTS }, (_, client) => run(context, port, client)),
    )
    const expected = sent.flat().sort()
    while (oneWays.length < expected.length) await new Promise((resolve) => setTimeout(resolve, 10))
    assert.deepEqual(oneWays.sort(), expected)
  })
}

/** Answers calls with their bodies turned round, a few at a time in any order. */
async function answer(peer: DubboPeer, oneWays: string[]): Promise<void> {
  const held: Buffer[] = []
  const flush = (): void => {
    const bytes = Buffer.concat(held.splice(0).sort(() => Math.random() - 0.5))
    writeCut(peer, bytes)
  }
  for (;;) {
    const { flags, id, body } = await peer.frame()
    if ((flags & 0x40) === 0) oneWays.push(body)
    else held.push(frame(2, id, [...body].reverse().join(''), 20))
    setTimeout(flush, Math.random() * 5)
  }
}

/** Makes calls and checks their answers; returns the one-way messages that it sent. */
async function run(context: TestContext, port: number, client: number): Promise<string[]> {
  const peer = await DubboPeer.connect(context, port)
  const due = new Map<string, string>()
  const oneWays: string[] = []
  const frames: Buffer[] = []
  for (let i = 0; i < CALLS; i++) {
    const id = BigInt(i) - 75n + (BigInt(client % 2) << 40n)
    const text = `${client}/${i} `.padEnd(Math.floor(Math.random() ** 4 * 60_000), 'abcdefg')
    const kind = Math.random()
    if (kind < 0.1) {
      oneWays.push(text)
      frames.push(frame(REQUEST | 2, id, text))
    } else if (kind < 0.2) {
      due.set(`22 ${id}`, 'N')
      frames.push(frame(CALL | EVENT, id, 'N'))
    } else {
      due.set(`2 ${id}`, [...text].reverse().join(''))
      frames.push(frame(CALL, id, text))
    }
  }
  writeCut(peer, Buffer.concat(frames))
  while (due.size > 0) {
    const { flags, status, id, body } = await peer.frame()
    const key = `${flags.toString(16)} ${id}`
    assert.equal(status, 20, key)
    assert.ok(due.get(key) === body, `${key} of client ${client}`)
    due.delete(key)
  }
  return oneWays
}

function writeCut(peer: DubboPeer, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + Math.floor(Math.random() * PAUSE_BYTES)
    peer.stream.socket.write(bytes.subarray(at, at + size))
    at += size
  }
}
