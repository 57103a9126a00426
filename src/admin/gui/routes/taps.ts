import type { FastifyPluginAsync } from 'fastify'
import type { TapRequest } from '../contract.ts'
import type { TapStore } from '../tap-store.ts'

const SECURITY = [{ token: [] }]
const PARAMS = {
  type: 'object',
  properties: { id: { type: 'string' } },
  required: ['id'],
} as const
const TAP_SCHEMA = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    filter: { type: 'string' },
    isOver: { type: 'boolean' },
    events: { type: 'array', items: { type: 'object', additionalProperties: true } },
  },
  required: ['id', 'filter', 'isOver', 'events'],
} as const

interface TapParams {
  Params: { id: string }
}

/** Shows the next events that pass a filter: `/api/v1/taps`. */
export function tapRoutes(taps: TapStore): FastifyPluginAsync {
  return async (app) => {
    app.post<{ Body: TapRequest }>(
      '/taps',
      {
        schema: {
          summary: 'Shows the next events that pass a filter of the running program',
          security: SECURITY,
          body: {
            type: 'object',
            properties: {
              filter: { type: 'string', description: 'Id of the filter in the flow graph' },
              count: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
              maxBytes: { type: 'integer', minimum: 0, maximum: 16_384, default: 1024 },
            },
            required: ['filter'],
            additionalProperties: false,
          },
          response: { 201: TAP_SCHEMA },
        },
      },
      ({ body }, reply) => reply.code(201).send(taps.open(body)),
    )
    app.get<TapParams>(
      '/taps/:id',
      {
        schema: {
          summary: 'What a tap has seen so far',
          params: PARAMS,
          response: { 200: TAP_SCHEMA },
        },
      },
      ({ params }) => taps.find(params.id),
    )
    app.delete<TapParams>(
      '/taps/:id',
      {
        schema: {
          summary: 'Ends a tap',
          security: SECURITY,
          params: PARAMS,
          response: { 204: { type: 'null' } },
        },
      },
      (request, reply) => {
        taps.close(request.params.id)
        return reply.code(204).send()
      },
    )
  }
}
