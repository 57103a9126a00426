import type { FastifyPluginAsync } from 'fastify'
import { HttpError } from '../http-server.ts'
import type { ProgramControl } from '../program-control.ts'

/** The most threads that one process may be told to run. */
const MAX_WORKERS = 256

const WORKERS_SCHEMA = {
  type: 'object',
  properties: {
    count: { type: 'integer', description: 'How many there should be' },
    workers: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          worker: { type: 'integer', description: 'Number of the slot, from 0' },
          state: {
            type: 'string',
            enum: ['Starting', 'Ready', 'Waiting', 'Draining', 'Stopped'],
          },
          deaths: { type: 'integer', description: 'Threads of the slot that have died' },
          lastDeath: { type: 'string', description: 'Why the last of them did' },
        },
        required: ['worker', 'state', 'deaths', 'lastDeath'],
      },
    },
  },
  required: ['count', 'workers'],
} as const

/** The worker threads, and their number. */
export function workerRoutes(control: ProgramControl): FastifyPluginAsync {
  const describe = () => {
    const { orchestrator } = control
    return { count: orchestrator.workers, workers: orchestrator.workerStates() }
  }
  return async (app) => {
    app.get(
      '/workers',
      { schema: { summary: 'The worker threads', response: { 200: WORKERS_SCHEMA } } },
      describe,
    )
    app.put<{ Body: { count: number } }>(
      '/workers',
      {
        schema: {
          summary: 'Changes the number of worker threads',
          description: 'Answers when new ones accept; superfluous ones finish their sessions.',
          security: [{ token: [] }],
          body: {
            type: 'object',
            properties: { count: { type: 'integer', minimum: 1, maximum: MAX_WORKERS } },
            required: ['count'],
            additionalProperties: false,
          },
          response: { 200: WORKERS_SCHEMA },
        },
      },
      async ({ body }) => {
        const { orchestrator } = control
        if (orchestrator.state === 'draining')
          throw new HttpError(409, 'draining', 'the process is about to end')
        await orchestrator.resize(body.count)
        return describe()
      },
    )
  }
}
