import { createServer } from 'node:net'
import { isMainThread, workerData } from 'node:worker_threads'

/**
 * Loaded before Sluice into each of its threads (`--import`): a connection to
 * `DRILL_DEATHS/<slot>.sock` makes the worker of that slot run out of memory, as a script with an
 * endless list would.
 */
const directory = process.env.DRILL_DEATHS
if (!isMainThread && directory !== undefined && typeof workerData?.slot === 'number') {
  const server = createServer(() => {
    const list: number[][] = []
    for (;;) list.push(new Array<number>(100_000).fill(1))
  })
  server.listen(`${directory}/${workerData.slot}.${process.hrtime.bigint()}.sock`)
  server.unref()
}
