import { checkOptionalObject, countOption, sizeOption, timeOption } from '../engine/arguments.ts'
import { defineFilter, type ValueOf } from '../engine/definition.ts'
import { checkObserver, type UpstreamObserver } from '../engine/upstream-observer.ts'
import { PROXY_VERSIONS, type ProxyVersion } from '../net/proxy-protocol/proxy-header.ts'
import { createTlsClient, type TlsConnectOptions } from '../net/tls/options.ts'
import { Connect, type ConnectPlan } from './connect/connection.ts'
import { MeteredConnect } from './connect/metered-connect.ts'
import type { Places } from './connect/place.ts'
import { TlsConnect } from './connect/tls-connect.ts'

/** Options of `connect`; durations are seconds or texts such as `'1.5s'` or `'2m'`. */
export interface ConnectOptions {
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
  /** Longest pause within the body of a response; `responseTimeout` unless given. */
  progressTimeout?: number | string
  /** Longest silence otherwise. */
  idleTimeout?: number | string
  /** Speak TLS. Without `verify: true` or `ca`, anybody can pretend to be the endpoint. */
  tls?: TlsConnectOptions
  /** Tell the endpoint of the client by a PROXY header of this version. */
  proxyProtocol?: ProxyVersion
  /** Is told of every attempt, by its target. */
  observer?: UpstreamObserver
  /** Engine-internal: what limits connections by target. */
  places?: Places
  /** Engine-internal: `observer` is for bytes, too. */
  isMetered?: boolean
}

/** `connect(target, options?)`: the other end of the pipeline is a connection to somewhere. */
export const connect = defineFilter({
  name: 'connect',
  description: 'Sends data to a remote endpoint and receives data from it',
  parameters: [
    {
      name: 'target',
      type: 'string | (() => string)',
      doc: 'Remote endpoint in the form of `<ip-or-hostname>:<port>` or `unix:<path>`',
    },
    {
      name: 'options',
      type: 'ConnectOptions',
      doc: 'bufferLimit, retryCount, retryDelay, eager, connectTimeout, responseTimeout, progressTimeout, idleTimeout, tls, proxyProtocol, observer',
      isOptional: true,
    },
  ],
  tellsOfClient: ([, options]: [target: ValueOf<string>, options?: ConnectOptions | null]) =>
    Boolean(options?.proxyProtocol),
  plan: (target: ValueOf<string>, options?: ConnectOptions | null) => {
    if (typeof target !== 'string' && typeof target !== 'function') {
      throw new TypeError('argument #1 expects a string or a function')
    }
    const given = checkOptionalObject(options, 2) ?? {}
    const response = timeOption(given, 'responseTimeout', 60)
    const plan: ConnectPlan = {
      target,
      timeouts: {
        connect: timeOption(given, 'connectTimeout', 10),
        response,
        progress: timeOption(given, 'progressTimeout', response / 1000),
        idle: timeOption(given, 'idleTimeout', 60),
      },
      bufferLimit: sizeOption(given, 'bufferLimit', 0),
      policy: -1,
      retryCount: countOption(given, 'retryCount', 0, Number.NEGATIVE_INFINITY),
      retryDelayMs: timeOption(given, 'retryDelay', 0),
      isEager: given.eager === true,
      proxyVersion: readProxyVersion(given.proxyProtocol),
      observer: checkObserver(given.observer),
      places: given.places ?? null,
    }
    const make = given.isMetered === true ? () => new MeteredConnect(plan) : () => new Connect(plan)
    if (given.tls === undefined || given.tls === null) return make
    const tls = createTlsClient(given.tls)
    return () => new TlsConnect(make(), tls)
  },
})

function readProxyVersion(given: ProxyVersion | undefined): ProxyVersion | null {
  if (given === undefined || given === null) return null
  if (PROXY_VERSIONS.includes(given)) return given
  throw new TypeError(`option proxyProtocol must be ${PROXY_VERSIONS.join(' or ')}`)
}
