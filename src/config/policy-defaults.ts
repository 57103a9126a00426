/** What the sections of an upstream's policies mean where they say nothing. */
export const HEALTH_DEFAULTS = {
  type: 'http',
  method: 'GET',
  path: '/',
  status: ['200-399'],
  interval: '5s',
  unhealthyInterval: '1s',
  timeout: '2s',
  healthyThreshold: 2,
  unhealthyThreshold: 2,
} as const

export const EJECTION_DEFAULTS = {
  consecutiveFailures: 5,
  errorRate: 0.5,
  latencyFactor: 3,
  latencyFloor: '100ms',
  minRequests: 10,
  interval: '1s',
  duration: '10s',
  maxDuration: '5m',
  maxShare: 0.5,
} as const

export const RETRY_DEFAULTS = {
  attempts: 2,
  statuses: [502, 503, 504],
  budget: 0.2,
  minPerSecond: 10,
} as const

export const CIRCUIT_DEFAULTS = {
  maxConnections: 0,
  maxPending: 0,
  pendingTimeout: '5s',
  maxRequests: 0,
  maxRetries: 0,
} as const
