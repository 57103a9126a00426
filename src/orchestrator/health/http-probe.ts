import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { formatAddress } from '../../program/format-address.ts'
import type { HttpCheckSpec } from '../../program/upstream-policies.ts'
import { openConnection, type Probe, type ProbeTarget } from './probe.ts'

/** What of a body is looked at. */
const MAX_BODY_BYTES = 64 * 1024

/** An endpoint is well if it answers a request as expected. */
export function httpProbe(check: HttpCheckSpec): Probe {
  return async (target, signal) => {
    const response = await send(check, target, signal)
    try {
      const status = response.statusCode ?? 0
      if (!check.statuses.some(([from, to]) => status >= from && status <= to))
        throw new Error(`status ${status}`)
      if (check.body !== '' && !(await bodyOf(response)).includes(check.body))
        throw new Error(`a body without "${check.body}"`)
    } finally {
      response.destroy()
    }
  }
}

async function send(
  { method, path, host }: HttpCheckSpec,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { request } = await import('node:http')
  const socket = await openConnection(target, signal)
  const headers = {
    Host: host || hostOf(target),
    'User-Agent': 'sluice-health',
    Connection: 'close',
  }
  return new Promise((resolve, reject) => {
    // A connection of its own: a probe is to find out whether new ones are accepted.
    const createConnection = (): Socket => socket
    request({ createConnection, method, path, headers, signal }, resolve).on('error', reject).end()
  })
}

/** Its name rather than its address: it may have sites for several. */
function hostOf({ host, port, path }: ProbeTarget): string {
  return path === undefined ? formatAddress({ host, port }) : 'localhost'
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= MAX_BODY_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8')
}
