import { createServer } from 'node:net'
import { isMainThread, workerData } from 'node:worker_threads'

/**
 * Loaded before Sluice into each of its threads (`--import`): a connection to
 * `DRILL_DEATHS/<slot>.sock` ends the worker of that slot by an exception that nobody catches, as a
 * defect would.
 */
const directory = process.env.DRILL_DEATHS
if (!isMainThread && directory !== undefined && typeof workerData?.slot === 'number') {
  const server = createServer(() => {
    throw new Error('the drill ends this worker')
  })
  server.listen(`${directory}/${workerData.slot}.${process.hrtime.bigint()}.sock`)
  server.unref()
}
