import type { FastifyPluginAsync } from 'fastify'
import { EXPOSITION_TYPE, renderExposition } from '../../observability/metrics/exposition.ts'
import { collectFamilies } from '../../orchestrator/metrics/families.ts'
import type { ProgramControl } from '../program-control.ts'

/** `/metrics`, for Prometheus. */
export function metricsRoutes(control: ProgramControl): FastifyPluginAsync {
  return async (app) => {
    app.get(
      '/metrics',
      {
        schema: {
          summary: 'All metrics in the text format of Prometheus',
          produces: ['text/plain'],
          response: { 200: { type: 'string' } },
        },
      },
      async (_request, reply) => {
        const { orchestrator } = control
        const { metrics } = orchestrator
        const families = metrics === undefined ? [] : collectFamilies(orchestrator, metrics)
        return reply.type(EXPOSITION_TYPE).send(renderExposition(families))
      },
    )
  }
}
