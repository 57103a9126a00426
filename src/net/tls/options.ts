import { isIP } from 'node:net'
import type { ConnectionOptions, SecureContext } from 'node:tls'
import { nodeCrypto, nodeTls } from './node-tls.ts'

/** PEM text, as a string or as what `os.readFile` gives. */
export type Pem = string | { toString(): string }

/** What a script's `listen` says of TLS. */
export interface TlsListenOptions {
  /** The certificate, with those of intermediate authorities behind it if there are any. */
  cert: Pem
  key: Pem
  /** Protocols to choose from by ALPN, the best first. A client that offers none of them is refused. */
  alpn?: string | string[]
}

/** What a script's `connect` says of TLS. An empty object encrypts and verifies nothing. */
export interface TlsConnectOptions {
  /** Our own certificate, for servers that ask for one. */
  cert?: Pem
  key?: Pem
  /** Certificates of the authorities to trust instead of the system's; implies `verify`. */
  ca?: Pem | Pem[]
  /** Refuse servers whose certificate is not trusted or is for another name. */
  verify?: boolean
  /** Name of the server to ask for and to verify; the target's host name unless given. */
  sni?: string
  /** The same as `sni`. */
  servername?: string
  /** Protocols to offer by ALPN, the best first. */
  alpn?: string | string[]
}

/** TLS of one listener. */
export interface TlsServer {
  readonly context: SecureContext
  readonly alpn: string[]
}

/** TLS of one `connect`. */
export interface TlsClient {
  readonly context: SecureContext
  readonly alpn: string[]
  readonly isVerified: boolean
  /** `null` for the host name of the target. */
  readonly serverName: string | null
}

/** RFC 8996: older versions must not be used. */
const OLDEST = 'TLSv1.2'

/** Checks the `tls` option of `listen`; throws a TypeError that names what is wrong. */
export function createTlsServer(options: TlsListenOptions): TlsServer {
  checkObject(options)
  checkNames(options, ['cert', 'key', 'alpn'], 'listen')
  const cert = readPem(options.cert, 'cert')
  const key = readPem(options.key, 'key')
  if (cert === undefined) throw new TypeError('option tls.cert is missing')
  if (key === undefined) throw new TypeError('option tls.key is missing')
  const context = createContext({ cert, key })
  checkPair(cert, key)
  return { context, alpn: readAlpn(options.alpn) }
}

/** Checks the `tls` option of `connect`; throws a TypeError that names what is wrong. */
export function createTlsClient(options: TlsConnectOptions): TlsClient {
  checkObject(options)
  const { verify, ca, sni, servername, alpn } = options
  checkNames(options, ['cert', 'key', 'ca', 'verify', 'sni', 'servername', 'alpn'], 'connect')
  if (verify !== undefined && typeof verify !== 'boolean') {
    throw new TypeError('option tls.verify must be a boolean')
  }
  for (const [name, value] of Object.entries({ sni, servername })) {
    if (value !== undefined && typeof value !== 'string') {
      throw new TypeError(`option tls.${name} must be a string`)
    }
  }
  const cert = readPem(options.cert, 'cert')
  const key = readPem(options.key, 'key')
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError(`option tls.${cert === undefined ? 'cert' : 'key'} is missing`)
  }
  const authorities = ca === undefined || ca === null ? [] : Array.isArray(ca) ? ca : [ca]
  const trusted = authorities.map((one) => readPem(one, 'ca') ?? '')
  for (const text of trusted) checkCertificate(text)
  if (trusted.length > 0 && verify === false) {
    throw new TypeError('option tls.ca has no use with tls.verify: false')
  }
  const context = createContext({
    ...(cert !== undefined && key !== undefined && { cert, key }),
    ...(trusted.length > 0 && { ca: trusted }),
  })
  if (cert !== undefined && key !== undefined) checkPair(cert, key)
  const isVerified = verify === true || trusted.length > 0
  return { context, alpn: readAlpn(alpn), isVerified, serverName: sni ?? servername ?? null }
}

/** What `tls.connect` is told for a connection to `host`, beside the transport. */
export function tlsConnection(client: TlsClient, host: string): ConnectionOptions {
  const { context, alpn, isVerified, serverName } = client
  const name = serverName ?? host
  return {
    // Only looked at to verify whose certificate it is.
    host: name,
    // RFC 6066 §3: the name to ask for is no address.
    ...(isIP(name) === 0 && name !== '' && { servername: name }),
    secureContext: context,
    rejectUnauthorized: isVerified,
    ...(alpn.length > 0 && { ALPNProtocols: alpn }),
  }
}

function checkObject(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('option tls must be an object')
  }
}

/** What is misspelt or not supported must not pass for security. */
function checkNames(options: object, known: readonly string[], method: string): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new TypeError(`${method} has no option tls.${name}`)
  }
}

function readPem(value: Pem | null | undefined, name: string): string | undefined {
  if (value === undefined || value === null) return undefined
  const text = String(value)
  if (!text.includes('-----BEGIN ')) throw new TypeError(`option tls.${name} is not PEM text`)
  return text
}

function checkCertificate(text: string): void {
  // OpenSSL ignores what it cannot read among authorities, and would trust nobody.
  if (!text.includes('-----BEGIN CERTIFICATE-----') && !text.includes('-----BEGIN TRUSTED')) {
    throw new TypeError('option tls.ca is not a certificate')
  }
}

function readAlpn(value: unknown): string[] {
  if (value === undefined || value === null) return []
  const names: unknown[] = Array.isArray(value) ? value : [value]
  if (names.every((name) => typeof name === 'string' && name !== '' && name.length < 256)) {
    return names as string[]
  }
  throw new TypeError('option tls.alpn must be a string or an array of strings')
}

function createContext(pem: { cert?: string; key?: string; ca?: string[] }): SecureContext {
  try {
    return nodeTls().createSecureContext({ ...pem, minVersion: OLDEST })
  } catch (error) {
    throw new TypeError(`option tls: ${reasonOf(error)}`)
  }
}

/** OpenSSL takes a key of another kind than the certificate's, and then finds no use for either. */
function checkPair(cert: string, key: string): void {
  const { X509Certificate, createPrivateKey } = nodeCrypto()
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new TypeError('option tls: the key is not that of the certificate')
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // OpenSSL's own reason without its numbers, if it gives one.
  if ('reason' in error && typeof error.reason === 'string') return error.reason
  return error.message
}
