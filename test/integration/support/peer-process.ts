import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { TestContext } from 'node:test'

/** Runs a server of others until the test ends; resolves when it accepts on `port`. */
export async function runPeer(
  context: TestContext,
  program: string,
  args: readonly string[],
  port: number,
): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  context.after(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'close')
  })
  await accepts(child, port)
}

async function accepts(child: ChildProcess, port: number): Promise<void> {
  let output = ''
  child.stderr?.on('data', (data) => {
    output += data
  })
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended: ${output}`)
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return
    // Nothing tells when a program begins to listen: ask again a little later.
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
