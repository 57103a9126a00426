import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { allowedProcessors } from '../../src/native/addon.ts'
import { type SluiceProcess, startSluice } from '../support/sluice-process.ts'

const WORKERS = 3
const LB = ['lb', '--listen', '127.0.0.1:0', '--to', ':1', '--workers', String(WORKERS)]

async function start(context: TestContext, ...options: string[]): Promise<SluiceProcess> {
  const sluice = startSluice(context, [...LB, ...options])
  await sluice.ports()
  return sluice
}

/** What the kernel lets the threads of a process run on, sorted. */
function affinities({ child }: SluiceProcess): string[] {
  const tasks = `/proc/${child.pid}/task`
  return readdirSync(tasks).map((thread) => {
    const status = readFileSync(`${tasks}/${thread}/status`, 'utf8')
    return /^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1] ?? ''
  })
}

const ALLOWED = allowedProcessors()
/** With one processor, all threads are on it anyway. */
const skip = ALLOWED.length > 1 ? false : 'needs two processors'

test('--pin-cpus keeps each worker on one processor, in turn', { skip }, async (context) => {
  const pinned = affinities(await start(context, '--pin-cpus')).filter((one) => /^\d+$/.test(one))
  const expected = Array.from({ length: WORKERS }, (_, n) => String(ALLOWED[n % ALLOWED.length]))
  // Threads that V8 and libuv start from a worker stay with it.
  for (const one of pinned) assert.ok(expected.includes(one))
  for (const one of new Set(expected)) {
    const wanted = expected.filter((other) => other === one).length
    assert.ok(pinned.filter((other) => other === one).length >= wanted, `${pinned} on ${one}`)
  }
})

test('without it threads run anywhere', { skip }, async (context) => {
  const pinned = affinities(await start(context)).filter((one) => /^\d+$/.test(one))
  assert.deepEqual(pinned, [])
})
