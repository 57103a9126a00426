import { z } from 'zod'
import { MAX_BURST } from '../../balancer/rate-table.ts'
import { parseRate, RATE_FORM } from '../../engine/quantity.ts'
import { requestKey } from './request-key.ts'
import { expected, integer, name, network } from './scalars.ts'

const rate = z
  .union([z.number(), z.string()], { error: expected(RATE_FORM) })
  .refine((value) => parseRate(value) !== undefined, { error: expected(RATE_FORM) })
  .meta({ title: 'rate' })

const limit = z.strictObject({
  rate: rate.describe('Requests on average: per second, or a text such as 30/m.'),
  burst: integer(1, MAX_BURST)
    .optional()
    .describe('Requests at once; those of a second unless given.'),
  key: requestKey
    .optional()
    .describe('What has a limit of its own, such as address; all requests together unless given.'),
  name: name.optional().describe('Limits of one name are one; each is its own unless given.'),
})

/** How many requests may pass: a limit, or several that all have to allow it. */
export const rateLimit = z.union([limit, z.array(limit).min(1)], {
  error: expected('a section with a rate, or a list of such'),
})

/** Which clients are let in, by their addresses. */
export const access = z.strictObject({
  allow: z.array(network).optional().describe('Nobody else is let in; everybody unless given.'),
  deny: z.array(network).optional().describe('Not let in, whatever allow says.'),
})
