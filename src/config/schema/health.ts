import { z } from 'zod'
import { EJECTION_DEFAULTS, HEALTH_DEFAULTS } from '../policy-defaults.ts'
import { headerValue } from './headers.ts'
import { duration, expected, integer, someTime } from './scalars.ts'

const STATUS = 'a status such as 200, or a range such as 200-399'

const status = z.union([z.int(), z.string()], { error: expected(STATUS) }).refine(isStatus, {
  error: expected(STATUS),
})

/** A share of something, from 0 to 1. */
export const share = z
  .number({ error: expected('a share from 0 to 1') })
  .min(0, { error: expected('a share from 0 to 1') })
  .max(1, { error: expected('a share from 0 to 1') })

/** How endpoints are probed. */
export const health = z.strictObject({
  type: z
    .enum(['http', 'tcp', 'dubbo'])
    .default(HEALTH_DEFAULTS.type)
    .describe(
      'http: a request is answered as expected; tcp: a connection is accepted; dubbo: a heartbeat is answered.',
    ),
  method: z.enum(['GET', 'HEAD', 'OPTIONS']).optional().describe('http: the method; GET.'),
  path: z
    .string()
    .regex(/^\/[\x21-\x7e]*$/, { error: expected('a path that begins with /') })
    .optional()
    .describe('http: what is asked for; /.'),
  host: headerValue.optional().describe("http: the Host field; the endpoint's address."),
  status: z
    .union([status, z.array(status).min(1)])
    .optional()
    .describe('http: statuses that are good; 200-399.'),
  body: z.string().optional().describe('http: a text that the body has.'),
  interval: someTime.default(HEALTH_DEFAULTS.interval).describe('Time between probes.'),
  unhealthyInterval: someTime
    .default(HEALTH_DEFAULTS.unhealthyInterval)
    .describe('The same from the first failure on until all is well again.'),
  timeout: someTime.default(HEALTH_DEFAULTS.timeout).describe('For the whole of a probe.'),
  healthyThreshold: integer(1, 100)
    .default(HEALTH_DEFAULTS.healthyThreshold)
    .describe('Successes in a row that bring an endpoint back.'),
  unhealthyThreshold: integer(1, 100)
    .default(HEALTH_DEFAULTS.unhealthyThreshold)
    .describe('Failures in a row that take it out.'),
})

/** When endpoints are left out for what has come of requests. */
export const ejection = z.strictObject({
  consecutiveFailures: integer(0, 10_000)
    .default(EJECTION_DEFAULTS.consecutiveFailures)
    .describe('Failures in a row: a status from 500, no answer, no connection; 0 for any number.'),
  errorRate: share
    .default(EJECTION_DEFAULTS.errorRate)
    .describe('Share of failures in an interval; 0 for any.'),
  latencyFactor: z
    .number()
    .min(0)
    .default(EJECTION_DEFAULTS.latencyFactor)
    .describe('Mean latency, in medians of the other endpoints; 0 for any.'),
  latencyFloor: duration
    .default(EJECTION_DEFAULTS.latencyFloor)
    .describe('Latencies up to this are never too long.'),
  minRequests: integer(1, 1_000_000)
    .default(EJECTION_DEFAULTS.minRequests)
    .describe('With fewer requests an interval goes on.'),
  interval: someTime
    .default(EJECTION_DEFAULTS.interval)
    .describe('How often rates and latencies are looked at.'),
  duration: duration
    .default(EJECTION_DEFAULTS.duration)
    .describe('How long an endpoint is out at first; it doubles each time.'),
  maxDuration: duration.default(EJECTION_DEFAULTS.maxDuration).describe('At the longest.'),
  maxShare: share
    .default(EJECTION_DEFAULTS.maxShare)
    .describe('Share of the endpoints that may be out at a time.'),
})

function isStatus(value: number | string): boolean {
  const [, from = '', to = from] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(String(value)) ?? []
  return from !== '' && Number(from) <= Number(to)
}
