import { z } from 'zod'
import { DEFAULTS } from '../defaults.ts'
import { expected } from './scalars.ts'

const FILE = 'the path of a PEM file, from the folder of the config'

const file = z
  .string({ error: expected(FILE) })
  .min(1, { error: expected(FILE) })
  .meta({ title: 'path' })

/** TLS with clients. */
export const listenerTls = z.strictObject({
  cert: file.describe('The certificate, with those of intermediate authorities behind it.'),
  key: file.describe('Its private key.'),
})

/** TLS with endpoints. */
export const upstreamTls = z
  .strictObject({
    verify: z
      .boolean()
      .default(DEFAULTS.verify)
      .describe('Refuse endpoints whose certificate is not trusted or is for another name.'),
    ca: file.optional().describe("Authorities to trust instead of the system's."),
    serverName: z
      .string()
      .min(1)
      .optional()
      .describe("Name to ask for and to verify; the endpoint's host name unless given."),
    cert: file.optional().describe('Our own certificate, for endpoints that ask for one.'),
    key: file.optional().describe('Its private key.'),
  })
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
    error: expected('cert and key, or neither'),
  })
