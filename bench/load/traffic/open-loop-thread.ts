/** Module that the generator's threads run; its only function generates load at a constant rate. */
import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import { ClientConnection } from './client-connection.ts'
import type { OpenLoopResult, OpenLoopTask } from './open-loop-task.ts'

/**
 * Sends requests on a fixed schedule, whatever the proxy does, and records how long after its
 * scheduled moment each one was answered. When all connections are busy the schedule goes on: the
 * time a request waits for a free connection is part of its latency. That is what corrects
 * coordinated omission; nothing is added afterwards.
 */
export async function generateOpenLoop(task: OpenLoopTask): Promise<OpenLoopResult> {
  const latencies = build({ bitBucketSize: 32, numberOfSignificantValueDigits: 3 })
  const sendDelays = build({ bitBucketSize: 32, numberOfSignificantValueDigits: 3 })
  const idle: ClientConnection[] = []
  let [completed, inFlight, errors, firstError] = [0, 0, 0, '']

  for (let index = 0; index < task.connections; index++) {
    const connection = await ClientConnection.open(task.port, task.path)
    await connection.ask()
    connection.onResponse = () => {
      inFlight--
      idle.push(connection)
      if (connection.dueMicros < countFrom) return
      completed++
      latencies.recordValue(Math.round(nowMicros() - connection.dueMicros))
    }
    connection.onFailure = (reason) => {
      errors++
      firstError ||= reason
    }
    idle.push(connection)
  }
  const connections = [...idle]

  const intervalMicros = 1e6 / task.rate
  const startMicros = nowMicros()
  const countFrom = startMicros + task.warmUpSeconds * 1e6
  const endMicros = countFrom + task.countSeconds * 1e6
  let dueMicros = startMicros
  let now = startMicros
  while (dueMicros < endMicros && errors === 0 && now < endMicros + LAG_LIMIT_MICROS) {
    now = nowMicros()
    while (dueMicros <= now && dueMicros < endMicros) {
      const connection = idle.pop()
      if (connection === undefined) break
      connection.dueMicros = dueMicros
      connection.send()
      inFlight++
      if (dueMicros >= countFrom) sendDelays.recordValue(Math.round(now - dueMicros))
      dueMicros += intervalMicros
    }
    nap(idle.length === 0 ? NAP_MICROS : dueMicros - nowMicros())
    await nextTurn()
  }
  if (dueMicros < endMicros && errors === 0) {
    ;[errors, firstError] = [1, 'the rate could not be held']
  }
  const patience = nowMicros() + PATIENCE_MICROS
  while (inFlight > 0 && errors === 0 && nowMicros() < patience) await nextTurn()
  if (inFlight > 0 && errors === 0)
    [errors, firstError] = [inFlight, 'responses missing at the end']

  const seconds = (nowMicros() - countFrom) / 1e6
  for (const connection of connections) connection.close()
  return {
    latencies: encodeIntoCompressedBase64(latencies),
    sendDelays: encodeIntoCompressedBase64(sendDelays),
    ...{ completed, errors, firstError, seconds },
  }
}

// A proxy that is this far behind its schedule will not catch up.
const LAG_LIMIT_MICROS = 2e6
const PATIENCE_MICROS = 2e6
// Timers of the event loop have a resolution of 1 ms, spinning would take the processor from the
// upstream: sleep in short naps instead. Nap length bounds how late a response is noticed.
const NAP_MICROS = 50
const SHORTEST_NAP_MICROS = 5

const napCell = new Int32Array(new SharedArrayBuffer(4))

function nap(micros: number): void {
  if (micros > SHORTEST_NAP_MICROS) Atomics.wait(napCell, 0, 0, Math.min(micros, NAP_MICROS) / 1000)
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function nowMicros(): number {
  return performance.now() * 1000
}
