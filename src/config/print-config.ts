import { stringify } from 'yaml'
import {
  DEFAULT_LIMITS,
  DEFAULT_LISTENER_TIMEOUTS,
  type ListenerLimits,
} from '../net/listener-policy.ts'
import { HTTP_ONLY_OF_LISTENERS } from './check-tcp.ts'
import { PROCESS_DEFAULTS } from './defaults.ts'
import { formatDuration } from './duration.ts'
import { HEALTH_DEFAULTS } from './policy-defaults.ts'
import { type Config, configSchema } from './schema/config.ts'

type Listener = Config['listeners'][number]
type Upstream = Config['upstreams'][string]

/**
 * Writes a config as YAML, with everything that holds without being written. What is off is left out,
 * and so is the number of workers where the machine decides.
 */
export function printConfig(config: Config): string {
  const upstreams = Object.entries(config.upstreams).map(([name, one]) => [
    name,
    spellUpstream(one),
  ])
  // The schema brings keys into one order.
  const all = configSchema.parse({
    ...config,
    listeners: config.listeners.map((one) => spellListener(one, config.idleTimeout)),
    upstreams: Object.fromEntries(upstreams),
    forwarding: config.forwarding ?? {},
    process: { ...PROCESS_DEFAULTS, ...config.process },
  })
  // Anchors would be right, and hard to read.
  return stringify(all, { lineWidth: 100, aliasDuplicateObjects: false })
}

const TCP_LIMITS = (Object.keys(DEFAULT_LIMITS) as (keyof ListenerLimits)[]).filter(
  (limit) => !HTTP_ONLY_OF_LISTENERS.some(({ key: [, name] }) => name === limit),
)

function spellListener(listener: Listener, idleTimeout: Config['idleTimeout']): Listener {
  const { requestHeadMs, requestBodyMs, writeMs, handshakeMs } = DEFAULT_LISTENER_TIMEOUTS
  const common = { handshake: formatDuration(handshakeMs), write: formatDuration(writeMs) }
  if (listener.protocol === 'tcp') {
    const limits = TCP_LIMITS.map((key) => [key, DEFAULT_LIMITS[key]])
    return {
      ...listener,
      proxyProtocol: listener.proxyProtocol ?? false,
      limits: { ...Object.fromEntries(limits), ...listener.limits },
      timeouts: { ...common, idle: idleTimeout, ...listener.timeouts },
    }
  }
  return {
    ...listener,
    compress: listener.compress ?? false,
    httpLenientLf: listener.httpLenientLf ?? false,
    proxyProtocol: listener.proxyProtocol ?? false,
    limits: { ...DEFAULT_LIMITS, ...listener.limits },
    timeouts: {
      ...common,
      requestHead: formatDuration(requestHeadMs),
      requestBody: formatDuration(requestBodyMs),
      keepAlive: idleTimeout,
      idle: idleTimeout,
      ...listener.timeouts,
    },
  }
}

function spellUpstream(upstream: Upstream): Upstream {
  const { health, timeouts } = upstream
  const { method, path, status } = HEALTH_DEFAULTS
  const asked = { method, path, status: [...status] }
  return {
    ...upstream,
    ...(health !== undefined && {
      health: health.type === 'http' ? { ...asked, ...health } : health,
    }),
    timeouts: { ...timeouts, progress: timeouts.progress ?? timeouts.response },
  }
}
