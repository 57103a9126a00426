import type { FastifyPluginAsync } from 'fastify'
import type { ProgramControl } from '../program-control.ts'

const ANSWER_SCHEMA = {
  type: 'object',
  properties: { status: { type: 'string' } },
  required: ['status'],
} as const

/** `/healthz`: the process lives. `/readyz`: it takes new connections. For orchestrators of containers. */
export function healthRoutes(control: ProgramControl): FastifyPluginAsync {
  return async (app) => {
    app.get(
      '/healthz',
      {
        config: { isPublic: true },
        schema: { summary: 'Whether the process lives', response: { 200: ANSWER_SCHEMA } },
      },
      () => ({ status: 'ok' }),
    )
    app.get(
      '/readyz',
      {
        config: { isPublic: true },
        schema: {
          summary: 'Whether new connections are accepted',
          response: { 200: ANSWER_SCHEMA, 503: ANSWER_SCHEMA },
        },
      },
      async (_request, reply) => {
        if (control.hasProgram === false) return reply.code(503).send({ status: 'no_program' })
        const { orchestrator } = control
        const accepts = orchestrator.workerStates().some(({ state }) => state === 'Ready')
        if (orchestrator.state !== 'draining' && accepts) return { status: 'ready' }
        return reply.code(503).send({ status: orchestrator.state })
      },
    )
  }
}
