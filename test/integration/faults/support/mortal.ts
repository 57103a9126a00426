import { createServer } from 'node:net'
import { isMainThread, workerData } from 'node:worker_threads'

/**
 * Loaded before Sluice into each of its threads (`--import`): who connects to
 * `SLUICE_MORTAL/<slot>.<time>.sock` ends the worker of that slot in the way it says.
 */
const directory = process.env['SLUICE_MORTAL']

if (!isMainThread && directory !== undefined && typeof workerData?.slot === 'number') {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (way) => die(String(way)))
  })
  server.listen(`${directory}/${workerData.slot}.${process.hrtime.bigint()}.sock`)
  server.unref()
}

function die(way: string): void {
  if (way === 'throw') throw new Error('the test ends this worker')
  if (way === 'exit') process.exit(3)
  const kept: number[][] = []
  while (way === 'heap') kept.push(new Array(10_000).fill(kept.length))
  for (;;);
}
