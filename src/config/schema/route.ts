import { z } from 'zod'
import { expected, name, regex } from './scalars.ts'

const path = z.string().startsWith('/', { error: expected('a path that begins with /') })

/** `exact`, `prefix` or `regex`: one of them. */
export const pathMatch = z
  .strictObject({
    exact: path.optional().describe('The whole path.'),
    prefix: path
      .optional()
      .describe('The first segments: /api holds for /api and /api/users, not for /apis.'),
    regex: regex.optional().describe('A regular expression that the path contains.'),
  })
  .refine((value) => Object.keys(value).length === 1, {
    error: expected('one of exact, prefix and regex'),
  })

const HOST = 'a host name, or *. and a name for all names below it'

const match = z.strictObject({
  host: z
    .string({ error: expected(HOST) })
    .regex(/^(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$|^\[[0-9a-fA-F:.]+\]$/, {
      error: expected(HOST),
    })
    .optional()
    .describe('The host that is asked for, without port; *.example.com for all names below it.'),
  path: pathMatch.optional().describe('The path, without the query.'),
})

/** What becomes of the requests that meet its conditions. */
export const route = z.strictObject({
  name: name.optional().describe('For logs and metrics; its number unless given.'),
  match: match.prefault({}).describe('Conditions: all of those given have to hold.'),
  upstream: name.describe('The upstream that answers.'),
})
