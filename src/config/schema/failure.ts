import { z } from 'zod'
import { CIRCUIT_DEFAULTS, RETRY_DEFAULTS } from '../policy-defaults.ts'
import { duration, integer } from './scalars.ts'

/** When requests are sent again. */
export const retry = z.strictObject({
  attempts: integer(0, 10)
    .default(RETRY_DEFAULTS.attempts)
    .describe(
      'Further attempts of a request that has been sent, at another endpoint if there is one.',
    ),
  statuses: z
    .array(integer(400, 599))
    .default([...RETRY_DEFAULTS.statuses])
    .describe('Statuses that are tried again, for idempotent methods.'),
  budget: z
    .number()
    .min(0)
    .max(10)
    .default(RETRY_DEFAULTS.budget)
    .describe('Retries per request, on average: an outage does not multiply the traffic.'),
  minPerSecond: integer(0, 100_000)
    .default(RETRY_DEFAULTS.minPerSecond)
    .describe('Retries per second and worker that are allowed in any case.'),
})

/** When requests are sent a second time while the first is in progress. */
export const hedge = z.strictObject({
  after: duration.describe(
    'How long the head of a response may take before another endpoint is asked as well; 0 for ever.',
  ),
})

/** Limits of an upstream over all workers. */
export const circuit = z.strictObject({
  maxConnections: integer(0, 1_000_000)
    .default(CIRCUIT_DEFAULTS.maxConnections)
    .describe('Connections to one endpoint; 0 for the usual limit.'),
  maxPending: integer(0, 1_000_000)
    .default(CIRCUIT_DEFAULTS.maxPending)
    .describe('Requests that wait for a connection; 0 for the usual limit.'),
  pendingTimeout: duration
    .default(CIRCUIT_DEFAULTS.pendingTimeout)
    .describe('How long a request may wait for a connection.'),
  maxRequests: integer(0, 1_000_000)
    .default(CIRCUIT_DEFAULTS.maxRequests)
    .describe('Requests in progress; 0 for any number.'),
  maxRetries: integer(0, 1_000_000)
    .default(CIRCUIT_DEFAULTS.maxRetries)
    .describe('Retries in progress; 0 for any number.'),
  maxDelay: duration
    .optional()
    .describe(
      'Refuses requests while a worker is late by more than that; 20ms or more makes sense.',
    ),
})
