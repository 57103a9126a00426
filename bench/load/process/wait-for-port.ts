import { connect } from 'node:net'
import { BenchError } from '../bench-error.ts'
import type { ManagedProcess } from './managed-process.ts'

/** Waits until something accepts connections on a loopback port, or fails with what the process said. */
export async function waitForPort(
  port: number,
  owner: ManagedProcess,
  intervalMs = 5,
  timeoutMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await isAccepting(port))) {
    if (!owner.isRunning()) throw new BenchError(`ended at start: ${lastLine(owner)}`)
    if (performance.now() > deadline) {
      throw new BenchError(`not accepting after ${timeoutMs} ms: ${lastLine(owner)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs))
  }
}

function isAccepting(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function lastLine(owner: ManagedProcess): string {
  const text = owner.errorOutput().trim() || owner.output().trim()
  return text.slice(text.lastIndexOf('\n') + 1) || 'no message'
}
