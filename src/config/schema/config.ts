import { z } from 'zod'
import { DEFAULTS } from '../defaults.ts'
import { accessLog } from './access-log.ts'
import { forwarding } from './forwarding.ts'
import { listener } from './listener.ts'
import { processSection } from './process.ts'
import { route } from './route.ts'
import { duration, name } from './scalars.ts'
import { tracing } from './tracing.ts'
import { upstream } from './upstream.ts'

/** The whole of a config file. Each section has a module of its own beside this one. */
export const configSchema = z.strictObject({
  $schema: z.string().optional().describe('The JSON Schema, for editors; not looked at.'),
  listeners: z.array(listener).min(1).describe('Where clients connect.'),
  routes: z
    .array(route)
    .min(1)
    .optional()
    .describe('Routes of all HTTP listeners that have neither routes nor an upstream.'),
  upstreams: z.record(name, upstream).default({}).describe('Groups of endpoints, by name.'),
  forwarding: forwarding.optional().describe('What endpoints are told of the client.'),
  idleTimeout: duration
    .default(DEFAULTS.idleTimeout)
    .describe("A client's connection on which nothing moves for so long is closed."),
  accessLog: accessLog.optional().describe('A line for every HTTP request.'),
  tracing: tracing.optional().describe('Spans of HTTP requests, for OpenTelemetry.'),
  process: processSection.optional().describe('Workers, memory and shutdown.'),
})

/** A config as somebody writes it. */
export type ConfigInput = z.input<typeof configSchema>
/** The same with all defaults. */
export type Config = z.output<typeof configSchema>
