import { z } from 'zod'
import { parseSize } from '../../engine/quantity.ts'
import { COMPRESSION_DEFAULTS, ENCODINGS } from '../../filters/compress/compression-policy.ts'
import { isMediaTypePattern } from '../../filters/compress/media-types.ts'
import { expected, integer } from './scalars.ts'

const TYPE = 'a media type in lower case such as text/html or text/*'
const SIZE = 'a number of bytes, or a size such as 2k'

const mediaType = z
  .string({ error: expected(TYPE) })
  .refine(isMediaTypePattern, { error: expected(TYPE) })

/** Whether and how responses are compressed; `true` is short for all defaults. */
export const compression = z.union([
  z.boolean(),
  z.strictObject({
    types: z
      .array(mediaType)
      .min(1)
      .optional()
      .describe(
        'By Content-Type; `*` stands for any text, but text/event-stream has to be named. Default: ' +
          'texts, JSON, XML, SVG, scripts, WebAssembly and fonts.',
      ),
    minimumSize: z
      .union([z.number(), z.string()], { error: expected(SIZE) })
      .refine(isSize, { error: expected(SIZE) })
      .default(COMPRESSION_DEFAULTS.minimumSize)
      .describe('Bytes of a body; smaller ones are left alone.'),
    algorithms: z
      .array(z.enum(ENCODINGS))
      .min(1)
      .default([...COMPRESSION_DEFAULTS.algorithms])
      .describe('Those that may be used, the preferred one first.'),
    level: integer(1, 9)
      .default(COMPRESSION_DEFAULTS.level)
      .describe('1 is the fastest, 9 gives the smallest bodies.'),
  }),
])

function isSize(value: number | string): boolean {
  if (typeof value === 'string') return /^\d+[kmg]?$/i.test(value)
  return Number.isInteger(parseSize(value)) && value >= 0
}
