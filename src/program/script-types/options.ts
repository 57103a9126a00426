/** Options of `listen` and of filters. */
export const OPTION_TYPES = `/** Certificates and keys are PEM texts, as strings or Data. */
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

/** What becomes of the records of requests; metrics count them in any case. */
interface RecordOptions {
  /** Where a line for each goes: the path of a file, or the same with more. */
  accessLog?:
    | string
    | {
        path: string
        /** 'combined' (the default), 'json', or a template such as '{client} {target} {status}'. */
        format?: string
        /** Share of the requests without an error that are logged, above 0 and at most 1. */
        sample?: number
        /** Only requests with such a status are logged; all unless given. */
        status?: ('1xx' | '2xx' | '3xx' | '4xx' | '5xx')[]
      }
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
`
