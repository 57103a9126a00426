import { createServer } from 'node:net'
import { BenchError } from '../bench-error.ts'

/**
 * Finds a TCP port on loopback that nobody listens on. Ports below the kernel's ephemeral range are
 * tried, so that no outgoing connection of a running workload can occupy it in the meantime.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORT_COUNT)
    if (!handedOut.has(port) && (await isFree(port))) {
      handedOut.add(port)
      return port
    }
  }
  throw new BenchError('no free TCP port found')
}

const LOWEST_PORT = 20_000
const PORT_COUNT = 12_000
const handedOut = new Set<number>()

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
