/**
 * Program that the benchmark starts as Dubbo load: on each connection a number of calls in progress,
 * a new one for each answer. Prints one line of JSON at the end.
 */
import { connect, type Socket } from 'node:net'
import { build } from 'hdr-histogram-js'
import type { ConsumerReport } from './consumer-report.ts'
import {
  ANSWER_BYTES,
  getId,
  isGood,
  makeRequests,
  REQUEST_BYTES,
  setId,
  wholeFrames,
} from './frames.ts'

const { PORT, CONNECTIONS, CALLS, SECONDS } = process.env
const calls = Number(CALLS)
const latencies = build({ bitBucketSize: 32, numberOfSignificantValueDigits: 3 })
const sockets: Socket[] = []
const startedAt = performance.now()
let requests = 0
let errors = 0

for (let i = 0; i < Number(CONNECTIONS); i++) sockets.push(open())
setTimeout(finish, Number(SECONDS) * 1000)

function open(): Socket {
  const socket = connect({ port: Number(PORT), host: '127.0.0.1', noDelay: true })
  /** When each call was sent, by its id. */
  const sentAt = new Float64Array(calls)
  const send = (ids: readonly number[]): void => {
    const bytes = makeRequests(ids.length)
    const now = performance.now()
    ids.forEach((id, index) => {
      setId(bytes, index * REQUEST_BYTES, id)
      sentAt[id] = now
    })
    socket.write(bytes)
  }
  socket.once('connect', () => send(Array.from({ length: calls }, (_, id) => id)))
  socket.on('error', fail)
  socket.on('close', fail)
  socket.on(
    'data',
    wholeFrames(ANSWER_BYTES, (answers, count) => {
      const now = performance.now()
      const ids: number[] = []
      for (let at = 0; at < count * ANSWER_BYTES; at += ANSWER_BYTES) {
        const id = getId(answers, at)
        const sent = sentAt[id]
        if (!isGood(answers, at) || sent === undefined) return fail()
        latencies.recordValue(Math.round((now - sent) * 1000))
        ids.push(id)
      }
      requests += count
      send(ids)
    }),
  )
  return socket
}

function fail(): void {
  errors++
}

function finish(): void {
  const micros = (performance.now() - startedAt) * 1000
  const at = (percentile: number): number => latencies.getValueAtPercentile(percentile)
  const report: ConsumerReport = {
    requests,
    errors,
    micros,
    p50Micros: at(50),
    p90Micros: at(90),
    p99Micros: at(99),
    p999Micros: at(99.9),
  }
  process.stdout.write(`DUBBO ${JSON.stringify(report)}\n`, () => process.exit(0))
}
