import type { FastifyPluginAsync } from 'fastify'
import { type AccessPolicy, hasToken, isToken } from '../../access.ts'
import { HttpError } from '../../http-server.ts'
import type { GuiSession } from '../contract.ts'

const SESSION_SCHEMA = {
  type: 'object',
  properties: {
    version: { type: 'string' },
    rootName: { type: 'string' },
    rootId: { type: 'string', description: 'Tells root directories of one name apart' },
    isReadonly: { type: 'boolean' },
    needsToken: { type: 'boolean' },
    isAuthorized: { type: 'boolean', description: 'This request has shown it, or none is needed' },
  },
  required: ['version', 'rootName', 'rootId', 'isReadonly', 'needsToken', 'isAuthorized'],
} as const
const NOTHING = { type: 'null' } as const
const PUBLIC = { isPublic: true, isReading: true }

/** Gives a page that has the token a cookie that stands for it: `/api/v1/session`. */
export function sessionRoutes(
  policy: AccessPolicy & { cookie: string },
  about: Pick<GuiSession, 'version' | 'rootName' | 'rootId'>,
): FastifyPluginAsync {
  const cookie = (value: string): string =>
    `${policy.cookie}=${value}; Path=/; HttpOnly; SameSite=Strict`
  return async (app) => {
    app.get(
      '/session',
      {
        config: PUBLIC,
        schema: { summary: 'What a page has to know first', response: { 200: SESSION_SCHEMA } },
      },
      ({ headers }): GuiSession => {
        const needsToken = policy.tokenFor !== 'nothing'
        return {
          ...about,
          isReadonly: policy.isReadonly === true,
          needsToken,
          isAuthorized: !needsToken || hasToken(headers, policy),
        }
      },
    )
    app.post<{ Body: { token: string } }>(
      '/session',
      {
        config: PUBLIC,
        schema: {
          summary: 'Sets a cookie that stands for the token',
          body: {
            type: 'object',
            properties: { token: { type: 'string' } },
            required: ['token'],
            additionalProperties: false,
          },
          response: { 204: NOTHING },
        },
      },
      async ({ body }, reply) => {
        if (!isToken(body.token, policy.token))
          throw new HttpError(401, 'wrong_token', 'that is not the token')
        return reply.code(204).header('set-cookie', cookie(body.token)).send()
      },
    )
    app.delete(
      '/session',
      {
        config: PUBLIC,
        schema: { summary: 'Removes the cookie', response: { 204: NOTHING } },
      },
      async (_request, reply) =>
        reply
          .code(204)
          .header('set-cookie', `${cookie('')}; Max-Age=0`)
          .send(),
    )
  }
}
