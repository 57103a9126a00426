import type { FastifyPluginAsync } from 'fastify'
import { logger } from '../../observability/logger.ts'
import type { EndpointChange } from '../../orchestrator/health/endpoint-state.ts'
import { HttpError } from '../http-server.ts'
import type { ProgramControl } from '../program-control.ts'

const MAX_WEIGHT = 256

const ENDPOINT_SCHEMA = {
  type: 'object',
  properties: {
    upstream: { type: 'string' },
    address: { type: 'string' },
    state: { type: 'string', enum: ['enabled', 'draining', 'disabled'] },
    health: {
      type: 'string',
      enum: ['unknown', 'healthy', 'unhealthy'],
      description: 'What probes have found',
    },
    isEjected: { type: 'boolean', description: 'Left out for a while after failures' },
    ejections: { type: 'integer', description: 'How often it was' },
    weight: { type: 'integer' },
    maxConnections: {
      type: 'integer',
      description: 'Connections of all workers that it may have; missing if that is any number',
    },
    connections: {
      type: 'integer',
      description: 'Those that it has, with those that wait for a request; missing without a limit',
    },
  },
  required: ['upstream', 'address', 'state', 'health', 'isEjected', 'ejections', 'weight'],
} as const

/** Endpoints of upstreams: how they are, and what the operator wants of them. */
export function upstreamRoutes(control: ProgramControl): FastifyPluginAsync {
  return async (app) => {
    app.get(
      '/upstreams',
      {
        schema: {
          summary: 'The endpoints of all upstreams',
          response: { 200: { type: 'array', items: ENDPOINT_SCHEMA } },
        },
      },
      () => control.orchestrator.endpoints(),
    )
    app.patch<{ Params: { upstream: string; address: string }; Body: EndpointChange }>(
      '/upstreams/:upstream/endpoints/:address',
      {
        schema: {
          summary: 'Drains, enables or disables an endpoint, or changes its weight',
          description:
            'Lasts as long as the process, also through reloads. Weight 0 is that of the config.',
          security: [{ token: [] }],
          params: {
            type: 'object',
            properties: { upstream: { type: 'string' }, address: { type: 'string' } },
            required: ['upstream', 'address'],
          },
          body: {
            type: 'object',
            properties: {
              state: { type: 'string', enum: ['enabled', 'draining', 'disabled'] },
              weight: { type: 'integer', minimum: 0, maximum: MAX_WEIGHT },
            },
            minProperties: 1,
            additionalProperties: false,
          },
          response: { 200: ENDPOINT_SCHEMA },
        },
      },
      ({ params, body }) => {
        const { orchestrator } = control
        const { upstream, address } = params
        if (!orchestrator.changeEndpoint(upstream, address, body)) {
          const message = `no endpoint ${address} in an upstream ${upstream}`
          throw new HttpError(404, 'no_endpoint', message)
        }
        logger.info(`[admin] Endpoint ${address} of ${upstream}: ${describe(body)}`)
        const all = orchestrator.endpoints()
        return all.find((one) => one.upstream === upstream && one.address === address)
      },
    )
  }
}

function describe({ state, weight }: EndpointChange): string {
  const weightText = weight === 0 ? 'weight of the config' : `weight ${weight}`
  return [state ?? [], weight === undefined ? [] : weightText].flat().join(', ')
}
