import { createServer } from 'node:net'

/**
 * A port on which nobody listens. It is below those that the kernel hands out, so that what another
 * test lets the kernel choose, for a server or a client, never gets in the way; and no call in this
 * process gives the same twice.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS)
    if (handedOut.has(port) || !(await isFree(port))) continue
    handedOut.add(port)
    return port
  }
}

const FIRST_PORT = 12_000
const PORTS = 20_000
const handedOut = new Set<number>()

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, () => resolve(true))
  })
  await new Promise((resolve) => server.close(resolve))
  return isFree
}
