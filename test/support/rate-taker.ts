/** A thread that takes from a rate limit as fast as it can; see rate-table.test.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { RateTable } from '../../src/balancer/rate-table.ts'

const { memory, rounds, keys } = workerData as {
  memory: SharedArrayBuffer
  rounds: number
  keys: number
}
const table = new RateTable(memory, 'shared', { perSecond: 1 / 3600, burst: 1000 })

const taken = new Array<number>(keys).fill(0)
for (let i = 0; i < rounds; i++) {
  const key = i % keys
  if (table.take(`key ${key}`) === 0) taken[key] = (taken[key] ?? 0) + 1
}
parentPort?.postMessage(taken)
