import { z } from 'zod'
import { compileFormat } from '../../filters/access-log/format.ts'
import { DEFAULTS } from '../defaults.ts'
import { expected, path } from './scalars.ts'

const FORMAT = 'combined, json, or a template with known fields in braces'
const SHARE = { error: expected('a share above 0 and at most 1') }

const format = z
  .string({ error: expected(FORMAT) })
  .min(1, { error: expected(FORMAT) })
  .refine(isFormat, { error: expected(FORMAT) })

/** A line for every request. */
export const accessLog = z.strictObject({
  path: path.describe('The file; /dev/stdout for the output of the process.'),
  format: format
    .default(DEFAULTS.accessLogFormat)
    .describe('combined, json, or a template such as "{client} {method} {target} {status}".'),
  sample: z
    .number(SHARE)
    .gt(0, SHARE)
    .max(1, SHARE)
    .default(DEFAULTS.accessLogSample)
    .describe('Share of the requests without an error that are logged.'),
  status: z
    .array(z.enum(['1xx', '2xx', '3xx', '4xx', '5xx']))
    .min(1)
    .optional()
    .describe('Only requests with such a status are logged; all unless given.'),
})

function isFormat(text: string): boolean {
  try {
    compileFormat(text)
    return true
  } catch {
    return false
  }
}
