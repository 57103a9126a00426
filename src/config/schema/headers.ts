import { z } from 'zod'
import { checkHeaderName } from '../../filters/http/header-changes.ts'
import { expected, integer } from './scalars.ts'

const NAME = 'the name of a header field that is not of the connection'
const VALUE = 'a text without line ends'

/** A field that configs may set: not those that frame messages or belong to the connection. */
export const headerName = z
  .string({ error: expected(NAME) })
  .refine(isHeaderName, { error: expected(NAME) })

/** A field that configs may ask for: also Upgrade, with which WebSocket begins. */
export const askedHeaderName = z
  .string({ error: expected(NAME) })
  .refine((text) => isHeaderName(text) || text.toLowerCase() === 'upgrade', {
    error: expected(NAME),
  })

/** A value that cannot break out of its line. */
export const headerValue = z
  .string({ error: expected(VALUE) })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
  .regex(/^[^\x00-\x08\x0a-\x1f\x7f]*$/, { error: expected(VALUE) })

/** Status of a final response. */
export const statusCode = integer(200, 599)

/** Changes to the fields of a head. */
export const headerChanges = z.strictObject({
  set: z
    .record(headerName, headerValue)
    .optional()
    .describe('Replaces all fields of a name, or adds one.'),
  add: z.record(headerName, headerValue).optional().describe('Adds a field beside others.'),
  remove: z.array(headerName).optional().describe('Removes all fields of a name.'),
})

function isHeaderName(text: string): boolean {
  try {
    checkHeaderName(text)
    return true
  } catch {
    return false
  }
}
