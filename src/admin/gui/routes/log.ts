import type { FastifyPluginAsync } from 'fastify'
import { LineLog } from '../line-log.ts'
import { METHODS, takeAnyBody } from '../text-bodies.ts'

/** The log as Pipy's UI polls it: `/api/log`. */
export function logRoutes(): FastifyPluginAsync {
  return async (app) => {
    const log = new LineLog()
    app.addHook('onClose', () => log.close())
    takeAnyBody(app)
    app.route({
      method: [...METHODS],
      url: '/log',
      config: { isReading: true },
      schema: {
        summary: 'The lines of the log after the first x-log-size, at most the last 1000',
        headers: {
          type: 'object',
          properties: { 'x-log-size': { type: 'integer', minimum: 0, default: 0 } },
        },
        produces: ['text/plain'],
        response: { 200: { type: 'string' } },
      },
      handler: ({ headers }, reply) => {
        const text = log.after(Number(headers['x-log-size'] ?? 0))
        return reply.type('text/plain').header('x-log-size', log.size).send(text)
      },
    })
  }
}
