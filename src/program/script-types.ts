/**
 * TypeScript declarations of what scripts see besides JavaScript and filters. A test compares them
 * with the classes themselves.
 */
export const SCRIPT_TYPES = `/** Bytes that pass through a pipeline. */
declare class Data {
  /** An empty one, a number of zero bytes, a text in an encoding, or a copy. */
  constructor(init?: number | string | Data | null, encoding?: DataEncoding)
  /** Number of bytes. */
  readonly size: number
  /** Appends in place. */
  push(more: Data | string): this
  /** Removes bytes from the beginning and returns them. */
  shift(count: number): Data
  toString(encoding?: DataEncoding): string
}

type DataEncoding = 'utf8' | 'base64' | 'base64url' | 'hex' | 'hdex'

/** The beginning of a message. */
declare class MessageStart {
  constructor(head?: object | null)
  /** What the decoder found, or what the encoder shall write. */
  head: any
}

/** The end of a message. */
declare class MessageEnd {
  constructor()
}

/** The end of a session. */
declare class SessionEnd {
  constructor()
  /** Why the session ended; empty if nothing is wrong. */
  readonly error: '' | SessionError
}

type SessionError = @SESSION_ERRORS@

/** A complete message: stands for its events wherever events are expected. */
declare class Message {
  constructor(body?: string | Data | null)
  constructor(head: object | null, body?: string | Data | null)
  readonly head: any
  readonly body: Data | null
}

type Event = Data | MessageStart | MessageEnd | SessionEnd

type Replacement = Event | Message | (Event | Message | null | undefined)[] | null | undefined

type Replacer<T> = Replacement | ((replaced: T) => Replacement)

/** A session of a named pipeline that the script feeds itself; it starts in the current context. */
declare class Session {
  constructor(module: string, pipeline: string)
  input(...inputs: Replacement[]): void
  /** Whether the pipeline has put out SessionEnd. */
  readonly done: boolean
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
}

/** The connection that a context belongs to. */
interface Inbound {
  readonly id: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
}

/** Certificates and keys are PEM texts, as strings or Data. */
type Pem = string | Data

interface ListenOptions {
  /** Address to listen on; all IPv4 addresses unless given. */
  host?: string
  /** Other processes may listen on the same port. */
  reuse?: boolean
  /** A bare LF ends a line of an HTTP request, too; it is forwarded as CRLF. */
  httpLenientLf?: boolean
  /** Connections begin with a PROXY header; those from other networks than these are refused. */
  proxyProtocol?: boolean | { from?: string[] }
  /** Whose connections are accepted; others are closed. */
  access?: AccessRules
  /** Accept TLS. */
  tls?: { cert: Pem; key: Pem; alpn?: string | string[] }
  /** What clients may do: numbers, or sizes such as '16k'; 0 is no limit. */
  limits?: {
    maxHeaders?: number
    maxHeadBytes?: number | string
    maxRequestLineBytes?: number | string
    maxBodyBytes?: number | string
    /** Per second. */
    minBodyRate?: number | string
    maxChunkExtensionBytes?: number | string
    maxTrailerBytes?: number | string
    maxConnections?: number
    maxConnectionsPerAddress?: number
    maxRequestsPerConnection?: number
    maxPipelinedRequests?: number
    maxBufferedBytes?: number | string
  }
  /** How long clients are waited for: seconds, or texts such as '500ms' or '2m'; 0 is for ever. */
  timeouts?: {
    handshake?: number | string
    requestHead?: number | string
    requestBody?: number | string
    write?: number | string
    keepAlive?: number | string
    idle?: number | string
  }
}

/** Durations are seconds, or texts such as '1.5s' or '2m'. */
interface ConnectOptions {
  /** Unsent bytes above which the source is held up. */
  bufferLimit?: number | string
  /** Further attempts after a failed one; negative for ever. */
  retryCount?: number
  retryDelay?: number | string
  /** Connect when the session starts: the remote endpoint may be the one that speaks first. */
  eager?: boolean
  connectTimeout?: number | string
  /** Longest silence while the head of a response is due. */
  responseTimeout?: number | string
  /** Longest pause within the body of a response. */
  progressTimeout?: number | string
  /** Longest silence otherwise. */
  idleTimeout?: number | string
  /** Tell the endpoint of the client by a PROXY header of this version. */
  proxyProtocol?: 'v1' | 'v2'
  /** Is told of every attempt: that of an \`algo.Upstream\`. */
  observer?: object
  places?: object
  isMetered?: boolean
  /** Connect with TLS; an empty object verifies nothing. */
  tls?: {
    cert?: Pem
    key?: Pem
    ca?: Pem | Pem[]
    verify?: boolean
    sni?: string
    servername?: string
    alpn?: string | string[]
  }
}

/** A condition on a text that may be missing: a text is short for \`exact\`. */
type ValueMatch =
  | string
  | { exact: string }
  | { prefix: string }
  | { regex: string }
  | { present: boolean }

/** Conditions on a request, of which all have to hold, and where it goes on. */
interface RouteRule {
  /** A name without port; \`*.\` and a name for all names below it. */
  host?: string
  path?: { exact: string } | { prefix: string } | { regex: string }
  method?: string | string[]
  headers?: Record<string, ValueMatch>
  query?: Record<string, ValueMatch>
  /** A pipeline, or several that share the requests by weight. */
  to: string | { pipeline: string; weight: number }[]
}

/** Replaces the first segments of a path, what a regular expression finds, or all of it. */
type PathRewriteOptions =
  | { prefix: string; to: string }
  | { regex: string; to: string }
  | { to: string }

interface HeaderChanges {
  /** Replaces all fields of a name, or adds one. */
  set?: Record<string, string>
  /** Adds a field beside others of the name. */
  add?: Record<string, string>
  remove?: string[]
}

interface RequestChanges {
  path?: PathRewriteOptions
  headers?: HeaderChanges
}

/** What is compressed, and how. */
interface CompressionOptions {
  /** Media types such as 'text/html'; \`*\` stands for any text in one. */
  types?: string[]
  /** Smaller bodies are left alone; 1024 unless given. */
  minimumSize?: number | string
  /** Those that may be used, best first; both unless given. */
  algorithms?: ('br' | 'gzip')[]
  /** 1, fast, to 9, small; 5 unless given. */
  level?: number
}

/** How files are served. */
interface FileOptions {
  /** What stands for its folder; 'index.html' unless given. */
  index?: string | string[]
  /** The file that is served where there is none; 404 unless given. */
  fallback?: string
  /** Serve name.br or name.gz in place of a file, if it is there and the client accepts it. */
  precompressed?: boolean
  /** Value of Cache-Control. */
  cacheControl?: string
}

/** What is not given is as it was asked for. */
interface RedirectOptions {
  scheme?: 'http' | 'https'
  host?: string
  port?: number
  path?: PathRewriteOptions
  status?: number
}

/** What a request tells the next hop of who has asked. */
interface ForwardingOptions {
  /** X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host. */
  xForwarded?: boolean
  /** Forwarded (RFC 7239). */
  forwarded?: boolean
  /** What becomes of such fields of the client's own; 'add' unless given. */
  received?: 'add' | 'replace' | 'trust'
  /** X-Request-Id: the client's own if it is valid, else a new one. */
  requestId?: boolean
  /** traceparent: the client's own if it is valid, else a new one. */
  traceparent?: boolean
}

/** Addresses, or networks such as '10.0.0.0/8' and 'fd00::/8'. */
interface AccessRules {
  /** If it is given, nobody else is let in. */
  allow?: string[]
  /** Not let in, whatever \`allow\` says. */
  deny?: string[]
}

/** Something about a request that tells requests apart. */
type RequestKey =
  | 'address'
  | 'host'
  | 'path'
  | { header: string }
  | { cookie: string }
  | { query: string }

/** How many requests may pass. */
interface RateLimitOptions {
  /** On average: per second, or a text such as '30/m'. */
  rate: number | string
  /** At once; those of a second unless given. */
  burst?: number
  /** What has a limit of its own; all requests together have one unless given. */
  key?: RequestKey | (() => unknown)
  /** Limits of one name are one; each place has its own unless given. */
  name?: string
}

interface MuxOptions {
  /** Messages in progress on one session at a time; 1 makes the sessions a connection pool. */
  pipelining?: number
  maxSessions?: number
  maxQueue?: number
  maxIdle?: number
  idleTimeout?: number | string
  retries?: number
  /** Longest time until an answer begins, over all attempts, in seconds or as a text; 0 for any. */
  totalTimeout?: number | string
  messages?: object
  policyOf?: Function
  circuit?: object
  limits?: object
  /** Is told of every message and its answer: that of an \`algo.Upstream\`. */
  observer?: object
}

interface JSON {
  /** Bytes to a value; undefined when they are not valid. */
  decode(data: Data): any
  encode(
    value: unknown,
    replacer?: ((key: string, value: any, holder: any) => unknown) | null,
    space?: number | null,
  ): Data
}

interface XmlNode {
  readonly name: string
  readonly attributes: Record<string, any> | null
  readonly children: any[] | null
}

declare const XML: {
  Node: new (name: string, attributes?: object | null, children?: any[] | null) => XmlNode
  /** The document; null when it is malformed. */
  parse(text: string): XmlNode | null
  decode(data: Data): XmlNode | null
  stringify(document: XmlNode, space?: number | null): string
  encode(document: XmlNode, space?: number | null): Data
}

declare const Hessian: {
  encode(...values: unknown[]): Data
  decode(data: Data): any
}

declare const console: {
  log(...values: unknown[]): void
  debug(...values: unknown[]): void
  info(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
}

interface Stats {
  readonly dev: number
  readonly ino: number
  readonly mode: number
  readonly nlink: number
  readonly uid: number
  readonly gid: number
  readonly rdev: number
  readonly size: number
  readonly blksize: number
  readonly blocks: number
  /** Whole seconds, like the other times. */
  readonly atime: number
  readonly mtime: number
  readonly ctime: number
  isFile(): boolean
  isDirectory(): boolean
  isCharacterDevice(): boolean
  isBlockDevice(): boolean
  isFIFO(): boolean
  isSymbolicLink(): boolean
  isSocket(): boolean
}

declare const os: {
  readonly env: Record<string, string | undefined>
  /** The bytes of a file; null when it cannot be read. Paths start at the root script's folder. */
  readFile(path: string): Data | null
  stat(path: string): Stats | null
}

/** The parts of an address as they are written. */
declare class URL {
  constructor(url: string, base?: string | URL | null)
  readonly auth: string
  readonly hash: string
  readonly host: string
  readonly hostname: string
  readonly href: string
  readonly origin: string
  readonly password: string
  readonly path: string
  readonly pathname: string
  readonly port: string
  readonly protocol: string
  readonly query: string
  readonly search: string
  readonly username: string
  toString(): string
  toJSON(): string
}

declare namespace http {
  class File {
    constructor(path: string)
    /** The file below the program's root; null when there is none. */
    static from(path: string): File | null
    /** A response with the best encoding that the client accepts. */
    toMessage(acceptEncoding?: string | null): Message
  }
}

declare namespace crypto {
  class Hash {
    constructor(algorithm: string)
    update(data: Data | string, encoding?: DataEncoding | null): this
    digest(): Data
    digest(encoding: DataEncoding): string
  }
  class Hmac {
    constructor(algorithm: string, key: Data | string)
    update(data: Data | string, encoding?: DataEncoding | null): this
    digest(): Data
    digest(encoding: DataEncoding): string
  }
  class Verify {
    constructor(algorithm: string)
    update(data: Data | string, encoding?: DataEncoding | null): this
    verify(key: Data | string, signature: Data | string, encoding?: DataEncoding | null): boolean
  }
  class JWK {
    constructor(jwk: object)
    readonly isValid: boolean
  }
  class JWT {
    constructor(token: string)
    readonly isValid: boolean
    readonly header: any
    readonly payload: any
    verify(key: Data | string | JWK): boolean
  }
}

declare namespace algo {
  /** Remembers what a function made of its keys. */
  class Cache<K = any, V = any> {
    constructor(
      allocate: (key: K) => V,
      free?: ((key: K, value: V) => void) | null,
      options?: { size?: number } | null,
    )
    get(key: K): V
    has(key: K): boolean
    remove(key: K): boolean
    clear(): void
  }
  /** The target that a tag hashes to. */
  class HashingLoadBalancer {
    constructor(targets?: string[])
    add(target: string): void
    remove(target: string): boolean
    select(tag?: unknown): string | undefined
  }
  /** The target with the least work for its weight. */
  class LeastWorkLoadBalancer {
    constructor(weights?: Record<string, number> | null)
    set(target: string, weight: number): void
    select(tag?: unknown): string | undefined
    deselect(target: string): void
  }
  /** Deals out targets in turn, each as often as its weight says. */
  class RoundRobinLoadBalancer {
    constructor(weights?: Record<string, number> | null)
    set(target: string, weight: number): void
    select(tag?: unknown): string | undefined
    /** Not there: scripts may call it with \`?.\` on any balancer. */
    deselect?(target: string): void
  }
  /** The target on which work is likely to be over first, by its latest latencies. */
  class LeastTimeLoadBalancer {
    constructor(weights?: Record<string, number> | null)
    set(target: string, weight: number): void
    select(tag?: unknown): string | undefined
    /** Ends work; \`milliseconds\` is how long it took. */
    deselect(target: string, milliseconds?: number): void
  }
  /** Of two targets drawn at random, the one with less work for its weight. */
  class PowerOfTwoLoadBalancer {
    constructor(weights?: Record<string, number> | null)
    set(target: string, weight: number): void
    select(tag?: unknown): string | undefined
    deselect(target: string): void
  }
  /** Targets at random, each as often as its weight says. */
  class RandomLoadBalancer {
    constructor(weights?: Record<string, number> | null)
    set(target: string, weight: number): void
    select(tag?: unknown): string | undefined
    deselect(target: string): void
  }
  /** The target that a tag hashes to; shares are exact, and few tags move. */
  class MaglevLoadBalancer {
    constructor(weights?: Record<string, number> | null)
    set(target: string, weight: number): void
    select(tag: unknown): string | undefined
    deselect(target: string): void
  }
  /** The target that a tag hashes to, or the next while that has more than its share of work. */
  class BoundedRingLoadBalancer {
    constructor(weights?: Record<string, number> | null)
    set(target: string, weight: number): void
    select(tag: unknown): string | undefined
    deselect(target: string): void
  }
  /** Says by key whether something may happen, so often on average and so often at once, on all workers. */
  class RateLimiter {
    /** Limiters of one name are one. \`rate\` is per second, or a text such as '30/m'. */
    constructor(name: string, options: { rate: number | string; burst?: number })
    /** Takes so many tokens, 1 unless given; false if there are not enough. */
    take(key: string, tokens?: number): boolean
    /** Seconds until there are so many tokens; 0 if there are now. */
    wait(key: string, tokens?: number): number
    /** Whole tokens that a key has. */
    left(key: string): number
  }
  /** Leases resources of pools to tenants. */
  class ResourcePool<R = any> {
    constructor(allocator: (pool: any, tenant: any) => R)
    allocate(pool: unknown, tenant?: unknown): R
    free(resource: R): void
    freeTenant(tenant: unknown): void
  }
  /** Numbers by key that all workers share and that outlive a reload. */
  class SharedMap {
    constructor(name: string)
    get(key: string): number | undefined
    set(key: string, value: number): void
    /** Adds to a value, which starts at 0; returns the new one. */
    add(key: string, amount: number): number
    delete(key: string): boolean
    keys(): string[]
  }
  /** The endpoints of one service, balanced as those of an upstream in a config are. */
  class Upstream {
    constructor(options: UpstreamOptions)
    /** Reads from a request what ties it to an endpoint; a connection is tied by its address only. */
    choose(request?: MessageStart | Message | null): UpstreamChoice
    /** Target of one attempt. */
    select(request?: MessageStart | Message | null): string
    /** Says that a target is up or down. One that returns has its whole share after \`slowStart\`. */
    mark(target: string, isUp: boolean): void
    /** For the options of \`mux\` and \`connect\`: counts what is in progress, hears of failures. */
    readonly observer: object
  }
  /** Where one request goes. */
  interface UpstreamChoice {
    /** Target of an attempt; of a further one not that of the last, if there is any other. */
    select(): string
    /** What was selected last; empty before. */
    readonly target: string
    /** Adds the cookie of \`sticky\` to a response, unless the client has it. */
    tie(response: MessageStart | Message): void
  }
  interface UpstreamOptions {
    /** Addresses, or objects with more about them. */
    endpoints: (
      | string
      | {
          address: string
          /** Share relative to the other endpoints; 1 unless given. */
          weight?: number
          /** 0 is used first; higher ones when less than half of the weight below is up. */
          priority?: number
          zone?: string
        }
    )[]
    /** Round robin unless given. */
    balance?:
      | 'round-robin'
      | 'least-connections'
      | 'least-time'
      | 'power-of-two'
      | 'random'
      | 'maglev'
      | 'bounded-ring'
    /** What maglev and bounded-ring choose by. */
    hash?: RequestKey | (() => unknown)
    /** A cookie ties clients to the endpoint they got first. */
    sticky?: {
      cookie?: string
      /** Without it, whoever knows the endpoints can make the cookie of one. */
      secret?: string
      path?: string
      domain?: string
      /** How long the browser keeps it; 0 until it is closed. */
      maxAge?: number | string
      sameSite?: 'Strict' | 'Lax' | 'None'
      secure?: boolean
    }
    /** An endpoint that returns gets its whole share after so long. */
    slowStart?: number | string
    /** Endpoints of this zone are preferred while half of them is up. */
    zone?: string
    /** With less than this share of endpoints up, all are used; only with none unless given. */
    panicShare?: number
  }
  /** Finds values by host and path. */
  class URLRouter<V = any> {
    constructor(rules?: Record<string, V> | null)
    add(pattern: string, value: V): void
    find(part: string, ...more: string[]): V | undefined
  }
}

/** Calls f(0), f(1), … until it returns something falsy, at most \`count\` times if that is given. */
declare function repeat(f: (index: number) => unknown): any
declare function repeat(count: number, f: (index: number) => unknown): any

/** Path of the module, with a leading slash. */
declare const __filename: string
/** What the module was given by \`use\`. */
declare const __argv: any[]
/** The connection that the running context belongs to. */
declare const __inbound: Inbound

/** Begins a program; \`variables\` are the initial values of its context variables. */
declare function pipy(variables?: object): Configuration
`
