import { z } from 'zod'
import { filePath } from '../../filters/files/file-path.ts'
import { DEFAULTS } from '../defaults.ts'
import { compression } from './compression.ts'
import { hedge, retry } from './failure.ts'
import { access, rateLimit } from './gates.ts'
import { askedHeaderName, headerChanges, headerName, headerValue, statusCode } from './headers.ts'
import { duration, expected, path as folder, integer, name, regex } from './scalars.ts'

const PATH =
  'a path that begins with /, without ? and #, spaces and what is not ASCII percent-encoded'

const path = z
  .string({ error: expected(PATH) })
  .regex(/^\/[\x21\x22\x24-\x3e\x40-\x7e]*$/, { error: expected(PATH) })

/** `exact`, `prefix` or `regex`: one of them. */
const pathMatch = z
  .strictObject({
    exact: path.optional().describe('The whole path.'),
    prefix: path
      .optional()
      .describe('The first segments: /api holds for /api and /api/users, not for /apis.'),
    regex: regex.optional().describe('A regular expression that the path contains.'),
  })
  .refine(hasOneKey, { error: expected('one of exact, prefix and regex') })

const text = z.string({ error: expected('a text') })

const valueMatch = z.union([
  text,
  z
    .strictObject({
      exact: text.optional().describe('The whole value.'),
      prefix: text.optional().describe('How the value begins.'),
      regex: regex.optional().describe('A regular expression that the value contains.'),
      present: z.boolean().optional().describe('true: there is one; false: there is none.'),
    })
    .refine(hasOneKey, { error: expected('one of exact, prefix, regex and present') }),
])

const METHOD = 'a method such as GET'
const method = z
  .string({ error: expected(METHOD) })
  .regex(/^[A-Z][A-Z-]*$/, { error: expected(METHOD) })

const HOST = 'a host name, or *. and a name for all names below it'
const HOST_PATTERN = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$|^\[[0-9a-fA-F:.]+\]$/
const HOSTS_PATTERN = new RegExp(
  `^\\*\\.[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$|${HOST_PATTERN.source}`,
)

const match = z.strictObject({
  host: z
    .string({ error: expected(HOST) })
    .regex(HOSTS_PATTERN, { error: expected(HOST) })
    .optional()
    .describe('The host that is asked for, without port; *.example.com for all names below it.'),
  path: pathMatch.optional().describe('The path, without the query.'),
  method: z
    .union([method, z.array(method).min(1)])
    .optional()
    .describe('One method or several.'),
  headers: z
    .record(askedHeaderName, valueMatch)
    .optional()
    .describe('By name, the value of the first field: a text, or a condition on it.'),
  query: z
    .record(z.string(), valueMatch)
    .optional()
    .describe('By name, the value of the first parameter: a text, or a condition on it.'),
})

const rewrite = z
  .strictObject({
    prefix: path.optional().describe('What replaces the prefix that the route asks for.'),
    regex: regex.optional().describe('What to replace in the path; with `to`.'),
    to: z
      .string()
      .regex(/^[\x21\x22\x24-\x3e\x40-\x7e]*$/, {
        error: expected('a path without ? and #, spaces and what is not ASCII percent-encoded'),
      })
      .optional()
      .describe('What to put there; $1 is the first group. Without regex: the whole new path.'),
  })
  .refine((value) => (value.prefix === undefined) !== (value.to === undefined), {
    error: expected('prefix, or to, or regex and to'),
  })
  .refine((value) => value.regex === undefined || value.to !== undefined, {
    error: expected('to beside regex'),
  })

const redirect = z.strictObject({
  scheme: z.enum(['http', 'https']).optional().describe('As asked for unless given.'),
  host: z
    .string()
    .regex(HOST_PATTERN, { error: expected('a host name') })
    .optional()
    .describe('As asked for unless given.'),
  port: integer(1, 65_535).optional().describe('That of the scheme unless given.'),
  path: rewrite.optional().describe('How to change the path; it stays unless given.'),
  status: z
    .literal([301, 302, 303, 307, 308])
    .default(DEFAULTS.redirectStatus)
    .describe('308 and 307 keep the method; 301 and 308 are for ever.'),
})

const respond = z.strictObject({
  status: statusCode.default(DEFAULTS.respondStatus).describe('Status of the response.'),
  headers: z.record(headerName, headerValue).optional().describe('Its header fields.'),
  body: z.string().optional().describe('Its body.'),
})

const FILE_NAME = 'the name of a file that does not begin with a dot'
const fileName = z
  .string({ error: expected(FILE_NAME) })
  .regex(/^[^/]+$/, { error: expected(FILE_NAME) })
  .refine((name) => filePath(name) !== null, { error: expected(FILE_NAME) })

const FALLBACK = 'the path of a file below the root, such as /index.html'
const fallback = path.refine((name) => filePath(name) !== null, { error: expected(FALLBACK) })

const files = z.strictObject({
  root: folder.describe('The folder; relative to that of the config. Nothing beside it is served.'),
  index: z
    .union([fileName, z.array(fileName).min(1)])
    .default(DEFAULTS.index)
    .describe('What is served for a folder: one name, or the first of several that is there.'),
  fallback: fallback
    .optional()
    .describe('The file that is served where there is none; 404 unless given.'),
  precompressed: z
    .boolean()
    .default(false)
    .describe(
      'Serve name.br or name.gz in place of a file, if it is there and the client takes it.',
    ),
  cacheControl: headerValue.optional().describe('Value of Cache-Control.'),
})

const weight = integer(0, 1000)

const split = z
  .array(
    z.strictObject({
      upstream: name.describe('The upstream that answers.'),
      weight: weight.default(DEFAULTS.weight).describe('Its share relative to the others.'),
    }),
  )
  .min(1)
  // Without shares it is too short already.
  .refine((shares) => shares.length === 0 || shares.some((one) => one.weight > 0), {
    error: expected('at least one weight above 0'),
    path: [0, 'weight'],
  })

const mirror = z.strictObject({
  upstream: name.describe('The upstream that gets copies. What it answers is dropped.'),
  percent: z
    .number({ error: expected('a number from 0 to 100') })
    .min(0, { error: expected('a number from 0 to 100') })
    .max(100, { error: expected('a number from 0 to 100') })
    .default(DEFAULTS.mirrorPercent)
    .describe('Share of the requests that are copied.'),
})

const timeouts = z.strictObject({
  response: duration
    .optional()
    .describe('Longest time from a request to the head of its response; 504 after.'),
  total: duration.optional().describe('The same over all attempts.'),
})

const ACTIONS = ['upstream', 'split', 'redirect', 'respond', 'files'] as const

/** What becomes of the requests that meet its conditions. */
export const route = z
  .strictObject({
    name: name.optional().describe('For logs and metrics; its number unless given.'),
    match: match.prefault({}).describe('Conditions: all of those given have to hold.'),
    upstream: name.optional().describe('The upstream that answers.'),
    split: split.optional().describe('Several upstreams that share the requests by weight.'),
    redirect: redirect.optional().describe('Tell clients to ask elsewhere.'),
    respond: respond.optional().describe('A fixed response.'),
    files: files.optional().describe('Files of a folder.'),
    access: access.optional().describe('Whose requests may pass; 403 for others.'),
    rateLimit: rateLimit.optional().describe('How many requests may pass; 429 for others.'),
    rewrite: rewrite.optional().describe('Another path for the upstream, or for files.'),
    requestHeaders: headerChanges.optional().describe('Changes before the upstream sees it.'),
    responseHeaders: headerChanges.optional().describe('Changes before the client sees it.'),
    timeouts: timeouts.optional().describe('Instead of those of the upstream.'),
    retry: retry.optional().describe('Instead of that of the upstream.'),
    hedge: hedge.optional().describe('Instead of that of the upstream.'),
    mirror: mirror.optional().describe('Copies for another upstream; nobody waits for them.'),
    compress: compression
      .optional()
      .describe(
        'Compress responses for clients that accept it. As the listener says unless given.',
      ),
  })
  .refine((value) => ACTIONS.filter((action) => value[action] !== undefined).length === 1, {
    error: expected(`one of ${ACTIONS.join(', ')}`),
  })

function hasOneKey(value: object): boolean {
  return Object.values(value).filter((one) => one !== undefined).length === 1
}
