import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { knownServers } from '../../admin/server-file.ts'
import { LoadError } from '../../orchestrator/load-error.ts'
import { StartError } from '../../orchestrator/start-error.ts'
import type { LoadProblem } from '../../program/load-problem.ts'
import { parseAddress } from '../../program/parse-address.ts'
import { HELP_OPTION } from '../common-options.ts'
import type { OptionSpec, ParsedOptions } from '../option-table.ts'
import { UsageError } from '../usage-error.ts'

/** Options of all commands that talk to a running process. */
export const CLIENT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'admin',
    value: '<address>',
    doc: 'Admin API of the process. Default: $SLUICE_ADMIN, or the only one that you run here.',
  },
  {
    name: 'token-file',
    value: '<path>',
    doc: 'File with its token. Default: $SLUICE_ADMIN_TOKEN, or what the process has left.',
  },
  HELP_OPTION,
]

const TIMEOUT_MS = 10_000

/** What the API answers when it cannot do what it is asked. */
interface ApiError {
  readonly message: string
  readonly problems?: readonly (Omit<LoadProblem, 'file' | 'sourceLine'> & { path: string })[]
}

/** Talks to the admin API of a running process. */
export class AdminClient {
  readonly #url: string
  readonly #token: string

  /** Finds the process by options, environment, or the file that it has left; throws `StartError`. */
  constructor(options: ParsedOptions) {
    const { url, token } = findServer(options)
    this.#url = url
    this.#token = token
  }

  /**
   * Sends a request and returns the JSON of the answer. Throws `StartError` with the API's message;
   * `LoadError` when it tells what is wrong with the program.
   */
  async call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await this.#fetch(method, path, body, AbortSignal.timeout(TIMEOUT_MS))
    return response.json()
  }

  /** The data of events of one kind, until the caller or the process ends. */
  async *events(kind: string): AsyncGenerator<unknown> {
    const response = await this.#fetch('GET', `/api/v1/events?kinds=${kind}`)
    let text = ''
    const decoder = new TextDecoder()
    for await (const piece of this.#pieces(response)) {
      text += decoder.decode(piece, { stream: true })
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1]
        text = text.slice(end + 2)
        if (data !== undefined) yield JSON.parse(data)
      }
    }
  }

  async *#pieces({ body }: Response): AsyncGenerator<Uint8Array> {
    try {
      yield* body ?? []
    } catch {
      throw new StartError(`the process at ${this.#url} has broken off`)
    }
  }

  async #fetch(
    method: string,
    path: string,
    body?: object,
    signal?: AbortSignal,
  ): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.#token}` }
    if (body !== undefined) headers['content-type'] = 'application/json'
    let response: Response
    try {
      response = await fetch(`${this.#url}${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal !== undefined && { signal }),
      })
    } catch (error) {
      throw new StartError(`cannot reach the admin API at ${this.#url}: ${reasonOf(error)}`)
    }
    if (response.ok) return response
    // The shape is what the API documents.
    const { message, problems } = (await response.json()) as ApiError
    if (problems === undefined) throw new StartError(message)
    const found = problems.map(({ path, ...rest }) => ({ ...rest, file: path }))
    throw new LoadError(message, { lines: [], files: [], problems: found })
  }
}

function findServer(options: ParsedOptions): { url: string; token: string } {
  const address = options.value('admin') ?? process.env.SLUICE_ADMIN
  const known = knownServers()
  const token = tokenOf(options)
  if (address !== undefined) {
    const url = urlOf(address)
    return { url, token: token ?? known.find((one) => one.url === url)?.token ?? '' }
  }
  const [only, ...others] = known
  if (only === undefined) {
    throw new UsageError('no process of yours has an admin API: start it with --admin <address>')
  }
  if (others.length > 0) {
    const urls = known.map(({ url, pid }) => `${new URL(url).host} (process ${pid})`)
    throw new UsageError(`choose one with --admin <address>: ${urls.join(', ')}`)
  }
  return { url: only.url, token: token ?? only.token }
}

function tokenOf(options: ParsedOptions): string | undefined {
  const file = options.value('token-file')
  if (file === undefined) return process.env.SLUICE_ADMIN_TOKEN
  try {
    return readFileSync(resolve(file), 'utf8').trim()
  } catch (error) {
    throw new StartError(`token file ${file}: ${reasonOf(error)}`)
  }
}

function urlOf(address: string): string {
  if (/^https?:\/\//.test(address)) return address.replace(/\/+$/, '')
  try {
    const { host, port } = parseAddress(address, '127.0.0.1')
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  } catch {
    throw new UsageError(`--admin ${address}: want [host:]port, [ipv6]:port or a URL`)
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof Error && 'code' in cause) return String(cause.code)
  return 'code' in error ? String(error.code) : error.message
}
