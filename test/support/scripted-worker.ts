/**
 * A worker thread that serves nothing: it says that it is ready, and dies the way it is asked to.
 * Stands in for src/worker/main.ts in tests of supervision.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { MessageFromWorker, MessageToWorker } from '../../src/worker/messages.ts'

export interface ScriptedWorkerData {
  behaviour: 'live' | 'fail' | 'throw' | 'exit' | 'allocate' | 'hang'
}

const { behaviour } = workerData as ScriptedWorkerData

if (behaviour === 'fail') throw new Error('cannot start')
send({ type: 'ready' })
parentPort?.on('message', (message: MessageToWorker) => {
  if (message.type === 'ping') {
    send({ type: 'pong' })
    return
  }
  switch (message.type === 'drain' ? 'drain' : behaviour) {
    case 'drain':
      send({ type: 'draining', active: 0 })
      send({ type: 'stopped' })
      break
    case 'throw':
      throw new Error('told to')
    case 'exit':
      process.exit(3)
      break
    case 'allocate':
      allocate()
      break
    case 'hang':
      for (;;);
  }
})

function allocate(): never {
  const kept: number[][] = []
  for (;;) kept.push(new Array<number>(1000).fill(1))
}

function send(message: MessageFromWorker): void {
  parentPort?.postMessage(message)
}
