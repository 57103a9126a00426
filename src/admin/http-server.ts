import { STATUS_CODES } from 'node:http'
import swagger from '@fastify/swagger'
import { Ajv, type ErrorObject } from 'ajv'
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifySchema,
  fastify,
} from 'fastify'
import { type AccessPolicy, refuse } from './access.ts'
import { cut } from './cut.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Links on pages of other sites may lead to it. */
    isPage?: boolean
    /** Served without a token under every policy. */
    isPublic?: boolean
    /** Changes nothing, though its method would say so. */
    isReading?: boolean
  }
}

/** What an HTTP server of this process is made of. */
export interface HttpServerOptions {
  readonly policy: AccessPolicy
  readonly title: string
  readonly description: string
}

const MAX_BODY_BYTES = 1 << 20
const MAX_PARAM_LENGTH = 500
/** For clients that open a connection, or begin a request, and say no more. */
const REQUEST_TIMEOUT_MS = 10_000

/** Answers are of the moment, are what they say, and are shown in no page of another site. */
export const SAFE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
} as const

/** What every failed request is answered with: routes need not say so. */
export const ERROR_SCHEMA = {
  type: 'object',
  description: 'What went wrong',
  properties: {
    error: { type: 'string', description: 'A word for programs' },
    message: { type: 'string', description: 'A line for people' },
  },
  required: ['error', 'message'],
} as const

/** An error that a route answers with. */
export class HttpError extends Error {
  readonly statusCode: number
  readonly error: string
  /** What the answer tells beside `ERROR_SCHEMA`. */
  readonly details: object

  constructor(statusCode: number, error: string, message: string, details: object = {}) {
    super(message)
    this.statusCode = statusCode
    this.error = error
    this.details = details
  }
}

/**
 * Makes an HTTP server that enforces the policy, takes JSON bodies only, answers every error as
 * `ERROR_SCHEMA`, and describes the routes that are added to it in OpenAPI.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Streams of events would hold up the end of the process.
    forceCloseConnections: true,
    // Addresses of endpoints are parameters, and may be paths of sockets.
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // What is no path finds no route, and none of the hooks of one.
    frameworkErrors: (error, request, reply) => {
      if (!guard(request, reply, options.policy)) answerBadPath(error, request, reply)
    },
    schemaErrorFormatter: ([problem], part) => {
      const {
        instancePath = '',
        message = 'is wrong',
        data,
      } = (problem ?? {}) as Partial<ErrorObject>
      return new Error(`${part}${instancePath} ${message}, found ${JSON.stringify(data)}`)
    },
  })
  // Paths and queries are texts, whatever they mean; JSON has numbers.
  const checking = { removeAdditional: false, useDefaults: true, verbose: true }
  const ofText = new Ajv({ ...checking, coerceTypes: 'array' })
  const ofJson = new Ajv(checking)
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? ofJson : ofText).compile(schema),
  )
  // JSON needs a preflight from other sites, which nobody answers.
  app.removeContentTypeParser('text/plain')
  app.addHook('onRequest', async (request, reply) => {
    return guard(request, reply, options.policy) ? reply : undefined
  })
  // Any request may be refused, and anything may fail, whatever the route says of it.
  app.addHook('onRoute', (route) => {
    if (route.schema?.hide !== true) route.schema = withFailures(route.schema)
  })
  app.setErrorHandler((error: FastifyError | HttpError, _request, reply) => {
    const status = error.statusCode ?? 500
    const details = 'details' in error ? error.details : {}
    const answer = { error: wordOf(error, status), message: cut(error.message), ...details }
    return reply.code(status).send(answer)
  })
  app.setNotFoundHandler((request, reply) => {
    return reply
      .code(404)
      .send({ error: 'not_found', message: cut(`no such path: ${request.url}`) })
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: options.title, description: options.description, version: '1' },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
  })
  return app
}

/** Adds the answers to failed requests, which are JSON, also where others are not. */
function withFailures(schema: FastifySchema = {}): FastifySchema {
  const response: Record<string, object> = { ...Object(schema.response) }
  const { '4xx': refused = ERROR_SCHEMA, '5xx': failed = ERROR_SCHEMA } = response
  return { ...schema, response: { ...response, '4xx': asJson(refused), '5xx': asJson(failed) } }
}

function asJson(schema: object): object {
  return { description: 'What went wrong', content: { 'application/json': { schema } } }
}

/** Answers a request that the policy refuses; whether it has. */
function guard(request: FastifyRequest, reply: FastifyReply, policy: AccessPolicy): boolean {
  const { isPage = false, isPublic = false, isReading = false } = request.routeOptions.config
  const { method, headers } = request
  const refusal = refuse({ method, headers, isPage, isPublic, isReading }, policy)
  reply.headers(SAFE_HEADERS)
  if (refusal === null) return false
  const { status, error, message } = refusal
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  reply.code(status).send({ error, message })
  return true
}

function answerBadPath(error: FastifyError, { url }: FastifyRequest, reply: FastifyReply): void {
  const { statusCode: status = 400, code } = error
  const problem =
    code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? `a part of the path is longer than ${MAX_PARAM_LENGTH} characters`
      : 'the path is not percent-encoded UTF-8'
  const message = cut(`${problem}: ${url}`)
  reply.code(status).send({ error: wordOf(error, status), message })
}

function wordOf(error: FastifyError | HttpError, status: number): string {
  if ('error' in error) return error.error
  return (STATUS_CODES[status] ?? 'error').toLowerCase().replace(/[^a-z]+/g, '_')
}
