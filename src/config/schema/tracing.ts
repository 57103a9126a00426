import { z } from 'zod'
import { DEFAULTS } from '../defaults.ts'
import { headerName, headerValue } from './headers.ts'
import { expected } from './scalars.ts'

const COLLECTOR = 'the http or https URL of a collector, such as http://127.0.0.1:4318'
const SERVICE = { error: expected('the name of a service') }
const SHARE = { error: expected('a share from 0 to 1') }

/** A span for every HTTP request that is sampled. */
export const tracing = z.strictObject({
  otlp: z
    .string({ error: expected(COLLECTOR) })
    .refine(isHttpUrl, { error: expected(COLLECTOR) })
    .describe('Where spans are sent by OTLP over HTTP; a URL without a path means /v1/traces.'),
  sample: z
    .number(SHARE)
    .min(0, SHARE)
    .max(1, SHARE)
    .default(DEFAULTS.traceSample)
    .describe(
      'Share of the traces that begin here; those of clients are as their traceparent says.',
    ),
  service: z
    .string(SERVICE)
    .min(1, SERVICE)
    .default(DEFAULTS.traceService)
    .describe('Name of the service in the spans.'),
  headers: z
    .record(headerName, headerValue)
    .optional()
    .describe('Fields of requests to the collector, such as a token.'),
})

function isHttpUrl(text: string): boolean {
  const protocol = URL.canParse(text) ? new URL(text).protocol : ''
  return protocol === 'http:' || protocol === 'https:'
}
