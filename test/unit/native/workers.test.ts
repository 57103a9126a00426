import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { closeFd } from '../../../src/native/addon.ts'
import { patience } from '../../support/patience.ts'
import { skipIfSanitized } from '../../support/sanitized.ts'
import { connectClient } from './test-engine.ts'

const WORKERS = 100

type Ending = 'terminate' | 'throw' | 'memory' | 'close' | 'survive'

interface Started {
  readonly worker: Worker
  readonly fd: number
  readonly port: number
}

async function start(ending: Ending): Promise<Started> {
  const worker = new Worker(new URL('./native-worker.js', import.meta.url), {
    workerData: ending,
    resourceLimits: { maxOldGenerationSizeMb: 32 },
  })
  const [{ fd, port }] = (await once(worker, 'message')) as [{ fd: number; port: number }]
  return { worker, fd, port }
}

/** Ends a worker in one way while it serves a connection. */
async function runOne(ending: Ending): Promise<void> {
  const { worker, fd, port } = await start(ending)
  let failure: (Error & { code?: string }) | undefined
  worker.on('error', (error) => {
    failure = error
  })
  const exited = new Promise((resolve) => worker.on('exit', resolve))
  const client = await connectClient({ port })
  const closed = once(client, 'close')
  client.resume()
  client.write('ping')
  if (ending === 'terminate') {
    await once(client, 'data')
    await worker.terminate()
  }
  await exited
  if (ending === 'throw') assert.equal(failure?.message, 'thrown in a batch')
  if (ending === 'memory') assert.equal(failure?.code, 'ERR_WORKER_OUT_OF_MEMORY')
  closeFd(fd)
  client.end()
  await closed
}

function countThreads(): number {
  return readdirSync('/proc/self/task').length
}

/** Open descriptors, without the ones that Node opens for itself in its own time. */
function listDescriptors(): string[] {
  const found: string[] = []
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      found.push(readlinkSync(`/proc/self/fd/${fd}`).replace(/\d+/, ''))
    } catch {
      // The directory's own descriptor is gone by now.
    }
  }
  return found.sort()
}

test('workers that end leave no descriptor, thread or memory', {
  timeout: patience(110_000),
  skip: skipIfSanitized,
}, async () => {
  await Promise.all([runOne('terminate'), runOne('throw'), runOne('close')])
  const descriptors = listDescriptors()
  const threads = countThreads()
  const memory = process.memoryUsage.rss()
  const endings: Ending[] = ['terminate', 'throw', 'close']
  for (let i = 0; i < WORKERS; i += 2) {
    await Promise.all([runOne(endings[i % 3] as Ending), runOne(endings[(i + 1) % 3] as Ending)])
  }
  assert.deepEqual(listDescriptors(), descriptors)
  assert.equal(countThreads(), threads)
  const grown = process.memoryUsage.rss() - memory
  assert.ok(grown < 64 << 20, `${WORKERS} workers left ${grown >> 20} MB`)
})

test('a worker that runs out of memory inside a batch leaves nothing', async () => {
  await runOne('memory')
  const descriptors = listDescriptors()
  const threads = countThreads()
  await runOne('memory')
  assert.deepEqual(listDescriptors(), descriptors)
  assert.equal(countThreads(), threads)
})

test('an exception in a batch is an uncaughtException, and the reactor goes on', async () => {
  const { worker, fd, port } = await start('survive')
  const client: Socket = await connectClient({ port })
  for (const text of ['one', 'two']) {
    const answer = once(client, 'data')
    const caught = once(worker, 'message')
    client.write(text)
    assert.deepEqual(await caught, [{ caught: 'thrown in a batch' }])
    assert.equal(String((await answer)[0]), text)
  }
  client.destroy()
  await worker.terminate()
  closeFd(fd)
})
