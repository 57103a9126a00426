import { defineFilter } from '../engine/definition.ts'
import type { MessageStart } from '../engine/event.ts'
import { Message } from '../engine/message.ts'
import { AnsweringFilter } from './http/answering-filter.ts'
import { httpDate } from './http/http-date.ts'
import { PathRewrite, type PathRewriteOptions } from './route/path-rewrite.ts'
import { RequestView } from './route/request-view.ts'

/** Where a redirect leads: what is not given is as it was asked for. */
export interface RedirectOptions {
  readonly scheme?: 'http' | 'https'
  readonly host?: string
  readonly port?: number
  readonly path?: PathRewriteOptions
  /** 301, 302, 303, 307 or 308; 302 unless given. */
  readonly status?: number
}

/** RFC 9110 §15.4: those that have a Location. */
const STATUSES = [301, 302, 303, 307, 308]
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** `redirect(options)`: tells the client to ask elsewhere. */
export const redirect = defineFilter({
  name: 'redirect',
  description: 'Answers HTTP requests with a redirect',
  parameters: [
    { name: 'options', type: 'RedirectOptions', doc: 'scheme, host, port, path, status' },
  ],
  plan: (options: RedirectOptions) => {
    if (typeof options !== 'object' || options === null) {
      throw new TypeError('argument #1 expects an object')
    }
    const { status = 302, path } = options
    if (!STATUSES.includes(status)) throw new TypeError(`no status of a redirect: ${status}`)
    const rewrite = path === undefined ? null : new PathRewrite(path)
    return () => new Redirect(options, status, rewrite)
  },
})

const view = new RequestView()

class Redirect extends AnsweringFilter {
  readonly #options: RedirectOptions
  readonly #status: number
  readonly #rewrite: PathRewrite | null

  constructor(options: RedirectOptions, status: number, rewrite: PathRewrite | null) {
    super()
    this.#options = options
    this.#status = status
    this.#rewrite = rewrite
  }

  protected override answer(request: MessageStart): Message {
    const asked = view.look(request)
    const path = localPath(this.#rewrite?.apply(asked.path) ?? asked.path)
    const query = asked.query === '' ? '' : `?${asked.query}`
    const headers = { date: httpDate(), location: `${this.#originOf(asked)}${path}${query}` }
    return new Message({ status: this.#status, headers })
  }

  /** RFC 9110 §10.2.2: a Location without one stays where the request was. */
  #originOf(asked: RequestView): string {
    const { scheme, host, port } = this.#options
    if (scheme === undefined && host === undefined && port === undefined) return ''
    const name = host ?? asked.host
    if (name === '') return ''
    const protocol = scheme ?? 'http'
    const isUsual = port === undefined || port === DEFAULT_PORTS[protocol]
    return `${protocol}://${name}${isUsual ? '' : `:${port}`}`
  }
}

/**
 * A path that browsers do not take for an authority: to them a backslash is a slash, and what begins
 * with two is of another host.
 */
function localPath(path: string): string {
  return path.replaceAll('\\', '%5C').replace(/^\/{2,}/, '/')
}
