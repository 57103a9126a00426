import { z } from 'zod'
import { KEY_FORM } from '../../filters/http/request-key.ts'
import { expected } from './scalars.ts'

const fieldName = z.string().min(1).max(128)

/** Something about a request that tells requests apart. */
export const requestKey = z.union(
  [
    z.enum(['address', 'host', 'path']),
    z.strictObject({ header: fieldName }),
    z.strictObject({ cookie: fieldName }),
    z.strictObject({ query: fieldName }),
  ],
  { error: expected(KEY_FORM) },
)
