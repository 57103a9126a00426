import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'

/** HEAD goes with GET. */
export const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const MAX_BODY_BYTES = 16 << 20

/** Takes bodies of any type in this part of the server, and gives them to routes as a Buffer. */
export function takeAnyBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  // What a type says makes no difference, also when it is none.
  app.addHook('onRequest', async ({ headers }) => {
    if (headers['content-type'] !== undefined) headers['content-type'] = 'application/octet-stream'
  })
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    (_request, body, done) => done(null, body),
  )
}

/** Describes the body of a route that takes any: for readers, because what comes is not looked at. */
export function textBody(description: string): object {
  return { content: { 'text/plain': { schema: { type: 'string', description } } } }
}

/** The body of a request, which may have none. */
export function bodyOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}

/** Answers methods that a path does not know with 405, whatever their bodies are. */
export function refuseOthers(app: FastifyInstance, url: string, known: readonly string[]): void {
  const answer = (_request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    reply
      .code(405)
      .header('allow', known.join(', '))
      .send({ error: 'method_not_allowed', message: `want ${known.join(' or ')}` })
  app.route({
    method: METHODS.filter((method) => !known.includes(method)),
    url,
    schema: { hide: true },
    onRequest: async (request, reply) => answer(request, reply),
    handler: answer,
  })
}
