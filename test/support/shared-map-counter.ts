/** A thread that counts in a shared map; see shared-map.test.ts. */
import { workerData } from 'node:worker_threads'
import { createSharedMapClass } from '../../src/script/algo/shared-map.ts'

const { memory, rounds } = workerData as { memory: SharedArrayBuffer; rounds: number }
const SharedMap = createSharedMapClass(memory)
const map = new SharedMap('m')

for (let i = 0; i < rounds; i++) {
  map.add('one', 1)
  map.add(`key ${i % 10}`, 1)
}
