import { z } from 'zod'
import { duration, integer, listenAddress, path } from './scalars.ts'

/** What the process as a whole is told; options of the command line go before. */
export const processSection = z.strictObject({
  workers: integer(1, 256)
    .optional()
    .describe('Number of worker threads; one per available processor unless given.'),
  drainTimeout: duration.optional().describe('How long a stop waits for open sessions; 30s.'),
  hangTimeout: duration
    .optional()
    .describe('A worker that is busy for longer with one thing is replaced; 10s, 0 for never.'),
  workerMemory: integer(16, 65_536).optional().describe('Heap limit of one worker in MB; 1024.'),
  pinCpus: z
    .boolean()
    .optional()
    .describe('Keeps worker n on the n-th processor that the process may use.'),
  admin: z
    .strictObject({
      address: listenAddress.describe(
        'Where to serve the admin API; a port alone is on 127.0.0.1.',
      ),
      tokenFile: path
        .optional()
        .describe('File with its token, made if it is missing; a new one each start unless given.'),
    })
    .optional()
    .describe('The admin API; there is none unless given.'),
  logFormat: z.enum(['text', 'json']).optional().describe('text unless given.'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).optional().describe('warn unless given.'),
})

export type ProcessConfig = z.output<typeof processSection>
