/** Program that the benchmark starts as Dubbo upstream: answers every request at once. */
import { createServer, type Socket } from 'node:net'
import { ANSWER_BYTES, getId, makeAnswers, REQUEST_BYTES, setId, wholeFrames } from './frames.ts'

for (const port of (process.env.PORTS ?? '').split(',')) {
  createServer({ noDelay: true }, serve).listen(Number(port), '127.0.0.1', 1024)
}

function serve(socket: Socket): void {
  socket.on('error', () => socket.destroy())
  socket.on(
    'data',
    wholeFrames(REQUEST_BYTES, (requests, count) => {
      const answers = makeAnswers(count)
      for (let i = 0; i < count; i++) {
        setId(answers, i * ANSWER_BYTES, getId(requests, i * REQUEST_BYTES))
      }
      socket.write(answers)
    }),
  )
}
