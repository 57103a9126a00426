import type { FastifyInstance } from 'fastify'
import { logger } from '../observability/logger.ts'
import { isLoopback } from './access.ts'
import type { EventFeed } from './event-streams.ts'
import { createHttpServer } from './http-server.ts'
import { listen } from './listen.ts'
import type { ProgramControl } from './program-control.ts'
import { healthRoutes } from './routes/health.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { observeRoutes } from './routes/observe.ts'
import { programRoutes } from './routes/program.ts'
import { upstreamRoutes } from './routes/upstreams.ts'
import { workerRoutes } from './routes/workers.ts'
import { forgetServer, rememberServer } from './server-file.ts'
import { createToken, tokenOfFile } from './token.ts'

/** Where the admin API listens and who may use it. */
export interface AdminOptions {
  /** An address of this machine, or a name of one; port 0 lets the kernel choose. */
  readonly host: string
  readonly port: number
  /** File with the token, made if it does not exist; without it the token is a fresh one. */
  readonly tokenFile: string | undefined
}

/** An admin API that listens. */
export interface AdminServer {
  /** `http://host:port`, with the real port. */
  readonly url: string
  readonly token: string
  close(): Promise<void>
}

/**
 * Serves the admin API of a running program on this thread. Throws `StartError` when it cannot
 * listen, or the token's file is no good.
 */
export async function startAdminApi(
  control: ProgramControl,
  { host, port, tokenFile }: AdminOptions,
): Promise<AdminServer> {
  const token = tokenFile === undefined ? createToken() : tokenOfFile(tokenFile)
  const app = await createHttpServer({
    title: 'Sluice admin API',
    description: 'Shows and steers a running Sluice. Changes need the token.',
    policy: {
      hostNames: [host.toLowerCase()],
      token,
      tokenFor: isLoopback(host) ? 'changes' : 'everything',
    },
  })
  await addAdminRoutes(app, control)
  const url = await listen(app, { host, port }, 'the admin API')
  const file = rememberServer({ url, token, pid: process.pid })
  const place = tokenFile ?? file
  logger.info(`[admin] API on ${url}${place === undefined ? '' : `, token in ${place}`}`)
  return {
    url,
    token,
    close: async () => {
      forgetServer(file)
      await app.close()
    },
  }
}

/** Adds what the admin API serves to a server, with more kinds of events. */
export async function addAdminRoutes(
  app: FastifyInstance,
  control: ProgramControl,
  feeds: Readonly<Record<string, EventFeed>> = {},
): Promise<void> {
  await app.register(healthRoutes(control))
  await app.register(metricsRoutes(control))
  await app.register(programRoutes(control), { prefix: '/api/v1' })
  await app.register(observeRoutes(control, feeds), { prefix: '/api/v1' })
  await app.register(upstreamRoutes(control), { prefix: '/api/v1' })
  await app.register(workerRoutes(control), { prefix: '/api/v1' })
  app.get(
    '/api/v1/openapi.json',
    {
      schema: {
        summary: 'This document',
        response: { 200: { type: 'object', additionalProperties: true } },
      },
    },
    () => app.swagger(),
  )
}
