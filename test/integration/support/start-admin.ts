import { readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { type SluiceProcess, startSluice } from '../../support/sluice-process.ts'

/** A running Sluice with its admin API. */
export interface RunningAdmin {
  readonly sluice: SluiceProcess
  /** Ports of the program's listeners. */
  readonly ports: number[]
  readonly url: string
  readonly token: string
  /** Sends a request, with the token unless the headers say otherwise; a body goes as JSON. */
  call(method: string, path: string, body?: object, headers?: object): Promise<AdminAnswer>
}

/** What the API has answered. */
export interface AdminAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // The tests look at what they expect to be there.
  // biome-ignore lint/suspicious/noExplicitAny: answers have as many shapes as there are paths
  readonly json: any
}

/** Starts `sluice` with `--admin` on a free port; `launcher` is a command that becomes it. */
export async function startAdmin(
  context: TestContext,
  args: readonly string[],
  listeners = 1,
  launcher: readonly string[] = [],
): Promise<RunningAdmin> {
  const sluice = startSluice(context, [...args, '--admin', '127.0.0.1:0'], {}, [], launcher)
  const ports = await sluice.ports(listeners)
  const [, url = ''] = await sluice.line(/\[admin\] API on (http:\S+), token in \S+/)
  const [, file = ''] = await sluice.line(/\[admin\] API on http:\S+, token in (\S+)/)
  const content = readFileSync(file, 'utf8').trim()
  const token = content.startsWith('{') ? JSON.parse(content).token : content
  return {
    sluice,
    ports,
    url,
    token,
    call: async (method, path, body, headers = {}) => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.includes('json') === true
      const json = isJson ? JSON.parse(text) : undefined
      return { status: response.status, headers: response.headers, text, json }
    },
  }
}
