/** One counter of a worker. */
export interface CounterFacts {
  readonly name: string
  /** What is counted, in one line. */
  readonly doc: string
  /** A number of things that exist, which also falls; the others only grow. */
  readonly isGauge?: boolean
}

/**
 * The counters of a worker, in the order of the array of doubles that native code and TypeScript
 * add to: `Reactor.counters`. They begin at 0 when a worker starts. `Counter` in
 * native/net/protocol.h has the same order; a test compares.
 */
export const COUNTERS = [
  { name: 'bytesRead', doc: 'Bytes received from clients and upstreams.' },
  { name: 'bytesWritten', doc: 'Bytes sent to clients and upstreams.' },
  { name: 'accepts', doc: 'Accepted connections.' },
  { name: 'connects', doc: 'Upstream connections that were begun.' },
  { name: 'batches', doc: 'Calls of JavaScript by the reactor.' },
  { name: 'events', doc: 'Event records delivered by these calls.' },
  { name: 'syscalls', doc: 'System calls of the reactor.' },
  { name: 'acceptErrors', doc: 'Accepts that failed, mostly for want of descriptors.' },
  { name: 'badCommands', doc: 'Commands of JavaScript that meant nothing: defects.' },
  { name: 'starvations', doc: 'Reads that waited because the memory of bytes in flight was full.' },
  { name: 'connections', doc: 'Open connections of both sides.', isGauge: true },
  { name: 'chunks', doc: 'Chunks of 64 KB of bytes in flight.', isGauge: true },
  { name: 'readiness', doc: 'Sockets that the kernel told of.' },
  { name: 'badRequests', doc: 'Requests refused because they are malformed.' },
  { name: 'badResponses', doc: 'Responses of upstreams refused for any reason.' },
  { name: 'requestLineLimit', doc: 'Requests refused for a long request line (414).' },
  { name: 'headLimit', doc: 'Requests refused for a large head (431).' },
  { name: 'headersLimit', doc: 'Requests refused for too many header fields (431).' },
  { name: 'bodyLimit', doc: 'Requests refused for a large body (413).' },
  { name: 'chunkExtensionLimit', doc: 'Requests refused for a long chunk extension (400).' },
  { name: 'trailersLimit', doc: 'Requests refused for large trailers (431).' },
  { name: 'requestsLimit', doc: 'Connections closed after their last allowed request.' },
  { name: 'pipelineLimit', doc: 'Times that reading waited because too many requests were open.' },
  { name: 'bufferLimit', doc: 'Times that unsent bytes of a connection held up their source.' },
  { name: 'connectionsLimit', doc: 'Connections refused because a listener had too many (503).' },
  { name: 'addressLimit', doc: 'Connections refused because their client had too many (503).' },
  { name: 'connectTimeouts', doc: 'Upstream connections that took too long to establish.' },
  { name: 'handshakeTimeouts', doc: 'TLS handshakes and PROXY headers that took too long.' },
  { name: 'firstByteTimeouts', doc: 'Connections closed because no request came.' },
  { name: 'requestHeadTimeouts', doc: 'Request heads that took too long (408).' },
  { name: 'requestBodyTimeouts', doc: 'Request bodies that stood still or came too slowly (408).' },
  { name: 'responseTimeouts', doc: 'Upstreams that did not begin their answer in time (504).' },
  { name: 'responseBodyTimeouts', doc: 'Upstreams that fell silent in the middle of an answer.' },
  { name: 'writeTimeouts', doc: 'Connections reset because their peer took nothing.' },
  { name: 'keepAliveTimeouts', doc: 'Idle HTTP connections closed between requests.' },
  { name: 'idleTimeouts', doc: 'Other idle connections closed.' },
  { name: 'badProxyHeaders', doc: 'Connections closed because they began with no PROXY header.' },
  {
    name: 'untrustedProxies',
    doc: 'Connections closed because their peer may send no such header.',
  },
  { name: 'rateLimit', doc: 'Requests refused by a rate limit (429).' },
  { name: 'deniedRequests', doc: 'Requests refused for the address of their client (403).' },
  { name: 'deniedConnections', doc: 'Connections closed for the address of their client.' },
  { name: 'takenOver', doc: 'Connections taken over from workers that died.' },
  { name: 'turns', doc: 'Turns of the event loop: all work between two waits.' },
  { name: 'busySeconds', doc: 'Time in such turns; beside the idle time, the utilisation.' },
  { name: 'idleSeconds', doc: 'Time that the event loop has waited for something to do.' },
  {
    name: 'longestTurnSeconds',
    doc: 'The longest turn of the last second: how long others may have waited.',
    isGauge: true,
  },
] as const satisfies readonly CounterFacts[]

export type CounterName = (typeof COUNTERS)[number]['name']

/** Where in the array a counter is. */
export function counterIndex(name: CounterName): number {
  return COUNTERS.findIndex((counter) => counter.name === name)
}
