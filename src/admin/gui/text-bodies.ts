import type { FastifyInstance, HTTPMethods } from 'fastify'

const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const MAX_BODY_BYTES = 16 << 20

/** Takes bodies of any type in this part of the server, and gives them to routes as a Buffer. */
export function takeAnyBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    (_request, body, done) => done(null, body),
  )
}

/** The body of a request, which may have none. */
export function bodyOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}

/** Answers methods that a path does not know with 405. */
export function refuseOthers(app: FastifyInstance, url: string, known: readonly string[]): void {
  app.route({
    method: METHODS.filter((method) => !known.includes(method)),
    url,
    schema: { hide: true },
    handler: (_request, reply) =>
      reply
        .code(405)
        .header('allow', known.join(', '))
        .send({ error: 'method_not_allowed', message: `want ${known.join(' or ')}` }),
  })
}
