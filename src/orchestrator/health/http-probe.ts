import type { IncomingMessage } from 'node:http'
import { formatAddress } from '../../program/format-address.ts'
import type { Address } from '../../program/spec.ts'
import type { HttpCheckSpec } from '../../program/upstream-policies.ts'
import type { Probe } from './probe.ts'

/** What of a body is looked at. */
const MAX_BODY_BYTES = 64 * 1024

/** An endpoint is well if it answers a request as expected. */
export function httpProbe(check: HttpCheckSpec): Probe {
  return async (address, signal) => {
    const response = await send(check, address, signal)
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
  address: Address,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { request } = await import('node:http')
  const target =
    address.path === undefined
      ? { host: address.host, port: address.port }
      : { socketPath: address.path }
  const headers = {
    Host: host || (address.path === undefined ? formatAddress(address) : 'localhost'),
    'User-Agent': 'sluice-health',
    Connection: 'close',
  }
  return new Promise((resolve, reject) => {
    // No agent: a probe is to find out whether new connections are accepted.
    request({ ...target, method, path, headers, signal, agent: false }, resolve)
      .on('error', reject)
      .end()
  })
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
