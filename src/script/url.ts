import { checkString } from './arguments.ts'

// RFC 3986 appendix B, with the authority split into user information and host. A scheme counts
// only before `//`, so that `localhost:8080/x` is not taken for one named `localhost`.
const PARTS =
  /^(?:([A-Za-z][A-Za-z0-9+.-]*:)?\/\/(?:([^/?#]*)@)?([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/s

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'https:': '443',
  'wss:': '443',
  'ftp:': '21',
}

/**
 * The `URL` that scripts see: the parts of an address as they are written, without the
 * canonicalisation and the errors of the web's `URL`.
 */
export class ScriptUrl {
  readonly auth: string
  readonly hash: string
  /** Host name, with the port if one is written. */
  readonly host: string
  readonly hostname: string
  readonly href: string
  readonly origin: string
  readonly password: string
  /** Path name and search. */
  readonly path: string
  readonly pathname: string
  /** As written, or the default of the protocol. */
  readonly port: string
  /** With its colon; `http:` unless given. */
  readonly protocol: string
  /** What follows the question mark. */
  readonly query: string
  readonly search: string
  readonly username: string

  constructor(url: string, base?: string | ScriptUrl | null) {
    const parts = PARTS.exec(checkString(url, 1))
    const [, scheme, auth, authority, path = '', search = '', hash = ''] = parts ?? []
    const from = typeof base === 'string' ? new ScriptUrl(base) : (base ?? null)
    const inherited = authority ? null : from

    this.protocol = scheme ?? from?.protocol ?? 'http:'
    this.auth = auth ?? inherited?.auth ?? ''
    this.host = inherited?.host ?? authority ?? ''
    this.pathname = inherited === null || path.startsWith('/') ? path || '/' : join(inherited, path)
    this.search = search
    this.hash = hash

    const port = /:(\d*)$/.exec(this.host)
    this.hostname = port === null ? this.host : this.host.slice(0, port.index)
    this.port = port?.[1] || (DEFAULT_PORTS[this.protocol] ?? '80')
    const colon = this.auth.indexOf(':')
    this.username = colon < 0 ? this.auth : this.auth.slice(0, colon)
    this.password = colon < 0 ? '' : this.auth.slice(colon + 1)
    this.query = search.slice(1)
    this.path = this.pathname + search
    this.origin = `${this.protocol}//${this.host}`
    const user = this.auth === '' ? '' : `${this.auth}@`
    this.href = `${this.protocol}//${user}${this.host}${this.path}${hash}`
  }

  toString(): string {
    return this.href
  }

  toJSON(): string {
    return this.href
  }
}

/** A relative path below the directory of the base's path. */
function join({ pathname }: ScriptUrl, path: string): string {
  if (path === '') return pathname
  return pathname.slice(0, pathname.lastIndexOf('/') + 1) + path
}
