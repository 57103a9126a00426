import { isIPv6 } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { StartError } from '../orchestrator/start-error.ts'

/** Where an HTTP server listens; port 0 lets the kernel choose. */
interface Place {
  readonly host: string
  readonly port: number
}

/**
 * Has a server listen, and returns its `http://host:port` with the real port. Throws a `StartError`
 * that tells what it was for.
 */
export async function listen(app: FastifyInstance, place: Place, purpose: string): Promise<string> {
  try {
    await app.listen({ ...place })
  } catch (error) {
    await app.close()
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new StartError(`cannot listen on ${urlOf(place)} for ${purpose}: ${reason}`)
  }
  const [address] = app.addresses()
  return urlOf({ host: place.host, port: typeof address === 'object' ? address.port : place.port })
}

function urlOf({ host, port }: Place): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
}
