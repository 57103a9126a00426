import type { FastifyPluginAsync } from 'fastify'
import { HttpError } from '../../http-server.ts'
import { FAILURE_SCHEMA } from '../../problem-schemas.ts'
import { explainFailure, type GuiControl } from '../gui-control.ts'
import { PROGRAM_SCHEMA } from '../schemas.ts'
import { bodyOf, refuseOthers, takeAnyBody, textBody } from '../text-bodies.ts'

const SECURITY = [{ token: [] }]
const NOTHING = { type: 'null' } as const

/** The program as Pipy's UI steers it: `/api/program` and `/api/config`. */
export function plainProgramRoutes(control: GuiControl): FastifyPluginAsync {
  return async (app) => {
    takeAnyBody(app)
    app.get(
      '/program',
      {
        schema: {
          summary: 'Path of the running program, or nothing',
          produces: ['text/plain'],
          response: { 200: { type: 'string' } },
        },
      },
      (_request, reply) => reply.type('text/plain').send(control.path),
    )
    app.post(
      '/program',
      {
        schema: {
          summary: 'Starts a program, in the place of the running one',
          security: SECURITY,
          body: textBody('Path of the program'),
          response: { 201: NOTHING, '4xx': FAILURE_SCHEMA },
        },
      },
      async ({ body }, reply) => {
        try {
          await control.start(bodyOf(body).toString().trim())
        } catch (error) {
          if (error instanceof HttpError) throw new HttpError(400, error.error, error.message)
          throw explainFailure(error, control, 400)
        }
        return reply.code(201).send()
      },
    )
    app.delete(
      '/program',
      {
        schema: { summary: 'Stops the program', security: SECURITY, response: { 204: NOTHING } },
      },
      async (_request, reply) => {
        await control.stop()
        return reply.code(204).send()
      },
    )
    refuseOthers(app, '/program', ['GET', 'POST', 'DELETE'])
    app.get(
      '/config',
      {
        schema: {
          summary: 'Flow graphs of the running program by module, as Pipy draws them',
          response: { 200: { type: 'object', additionalProperties: true } },
        },
      },
      () => {
        const graphs = control.runner.program?.graphs ?? []
        return Object.fromEntries(graphs.map(({ path, graph }) => [control.moduleAt(path), graph]))
      },
    )
    refuseOthers(app, '/config', ['GET'])
  }
}

/** The program as the page sees it: `/api/v1/program`. */
export function programStateRoutes(control: GuiControl): FastifyPluginAsync {
  return async (app) => {
    app.get(
      '/program',
      { schema: { summary: 'How the program is', response: { 200: PROGRAM_SCHEMA } } },
      () => control.state(),
    )
    app.post<{ Body: { path: string } }>(
      '/program',
      {
        schema: {
          summary: 'Starts a program, in the place of the running one, or loads it again',
          description: 'One that cannot run changes nothing.',
          security: SECURITY,
          body: {
            type: 'object',
            properties: { path: { type: 'string' } },
            required: ['path'],
            additionalProperties: false,
          },
          response: { 200: PROGRAM_SCHEMA, '4xx': FAILURE_SCHEMA },
        },
      },
      async ({ body }) => {
        try {
          await control.start(body.path)
        } catch (error) {
          if (error instanceof HttpError) throw error
          throw explainFailure(error, control, 422)
        }
        return control.state()
      },
    )
    app.get(
      '/program/connections',
      {
        schema: {
          summary: 'What stopping the program would end',
          response: {
            200: {
              type: 'object',
              properties: { open: { type: 'integer', description: 'Connections of clients' } },
              required: ['open'],
            },
          },
        },
      },
      () => control.connections(),
    )
    app.delete(
      '/program',
      {
        schema: {
          summary: 'Stops the program',
          description: 'What is in progress has two seconds to end.',
          security: SECURITY,
          response: { 200: PROGRAM_SCHEMA },
        },
      },
      async () => {
        await control.stop()
        return control.state()
      },
    )
  }
}
