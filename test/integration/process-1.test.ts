import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type SluiceProcess, startSluice } from '../support/sluice-process.ts'
import { temporaryFolder, temporaryScript } from '../support/temporary-script.ts'
import { connectRaw } from './support/byte-stream.ts'
import { eventually } from './support/process-facts.ts'
import { type RawServer, response, startRawServer } from './support/raw-server.ts'

const NAMESPACE = ['unshare', '--fork', '--kill-child', '--pid', '--mount-proc']
const canUnshare = spawnSync('unshare', [...NAMESPACE.slice(1), 'true']).status === 0
const skip = canUnshare ? false : 'needs root: a namespace of process ids'
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

/** Starts `sluice` as process 1 of a namespace. */
function startFirst(context: TestContext, args: readonly string[]): SluiceProcess {
  return startSluice(context, args, {}, [], NAMESPACE)
}

function lbTo({ address }: RawServer): string[] {
  return ['lb', '--listen', '127.0.0.1:0', '--to', address]
}

/** Processes whose parent is `pid`, the dead ones that nobody has taken leave of included. */
function childrenOf(pid: number): { pid: number; state: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
        const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        return Number(parent) === pid ? [{ pid: Number(name), state }] : []
      } catch {
        return [] // It has gone meanwhile.
      }
    })
}

/** The number by which others know the first process of the namespace. */
function outerPid({ child }: SluiceProcess): number {
  const [first] = childrenOf(child.pid ?? 0)
  assert.ok(first !== undefined, 'unshare has a child')
  return first.pid
}

test('orphans of what a script runs are taken in, and its own children are not', {
  skip,
}, async (context) => {
  // Each command leaves somebody behind who waits for the test to write.
  const fifo = join(temporaryFolder(context), 'fifo')
  execFileSync('mkfifo', [fifo])
  const command = `(read line < ${fifo}) > /dev/null 2>&1 & echo started`
  const script = temporaryScript(
    context,
    `pipy().listen(0, { host: '127.0.0.1' }).exec(['sh', '-c', '${command}'])`,
  )
  const sluice = startFirst(context, [script, '--workers', '2'])
  const [port = 0] = await sluice.ports()
  const pid = outerPid(sluice)
  const COMMANDS = 6
  const run = async (): Promise<void> => {
    const client = await connectRaw(context, port)
    // It ends when the worker has been told of the end of its child.
    assert.equal(await client.write('x').rest(), 'started\n')
  }
  await Promise.all(Array.from({ length: COMMANDS }, run))
  const states = (): string =>
    childrenOf(pid)
      .map(({ state }) => state)
      .join('')
  await eventually(
    () => /^[^Z]{6}$/.test(states()),
    () => `six orphans, not "${states()}"`,
  )
  closeSync(openSync(fifo, 'w'))
  await eventually(
    () => states() === '',
    () => `no child, not "${states()}"`,
  )
})

test('SIGTERM drains, and the status tells of it', { skip }, async (context) => {
  const upstream = await startRawServer(context)
  const sluice = startFirst(context, [...lbTo(upstream), '--workers', '1'])
  const [port = 0] = await sluice.ports()
  const client = await connectRaw(context, port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  const idle = await connectRaw(context, port)
  process.kill(outerPid(sluice), 'SIGTERM')
  // The worker has been told when it closes what is idle.
  await idle.over()
  connection.write(response('late'))
  const answer = await client.message()
  assert.deepEqual([answer.status, answer.body, answer.field('connection')], [200, 'late', 'close'])
  assert.equal((await sluice.exit()).status, 0)
  assert.match(sluice.stdout, /Stopped\./)
})

test('a second signal ends it at once', { skip }, async (context) => {
  const upstream = await startRawServer(context)
  const sluice = startFirst(context, lbTo(upstream))
  const [port = 0] = await sluice.ports()
  const client = await connectRaw(context, port)
  client.write(GET)
  await upstream.connection()
  const pid = outerPid(sluice)
  process.kill(pid, 'SIGTERM')
  await sluice.line(/Received SIGTERM/)
  process.kill(pid, 'SIGINT')
  assert.equal((await sluice.exit()).status, 0)
  assert.match(sluice.stdout, /Forcing to shut down/)
})

test('a config that is wrong has the status that it has elsewhere', { skip }, async (context) => {
  const args = [join(temporaryFolder(context), 'missing.yaml')]
  const inside = await startFirst(context, args).exit()
  const outside = await startSluice(context, args).exit()
  assert.notEqual(outside.status, 0)
  assert.equal(inside.status, outside.status)
})
