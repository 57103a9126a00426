import type { FastifyPluginAsync } from 'fastify'
import { StatsReader } from '../../orchestrator/metrics/stats.ts'
import { type EventKind, EventStreams, MAX_STREAMS } from '../event-streams.ts'
import { ERROR_SCHEMA, HttpError } from '../http-server.ts'
import { LogHistory } from '../log-history.ts'
import type { ProgramControl } from '../program-control.ts'

const MAX_LINES = 1000

const LOG_SCHEMA = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      time: { type: 'number', description: 'Milliseconds since the epoch' },
      level: { type: 'string', description: 'Missing for lines that scripts print' },
      message: { type: 'string' },
    },
    required: ['time', 'message'],
  },
} as const

/** What happens: numbers and log, at once and as streams. */
export function observeRoutes({ orchestrator }: ProgramControl): FastifyPluginAsync {
  const makeReader = (): StatsReader | undefined => {
    const { metrics } = orchestrator
    return metrics === undefined ? undefined : new StatsReader(orchestrator, metrics)
  }
  return async (app) => {
    const history = new LogHistory()
    const streams = new EventStreams(makeReader)
    app.addHook('onClose', () => history.close())
    app.get(
      '/stats',
      {
        schema: {
          summary: 'What has happened since the start',
          description: 'The same object as in the events "stats"; its rates are averages.',
          response: { 200: { type: 'object', additionalProperties: true }, '4xx': ERROR_SCHEMA },
        },
      },
      () => {
        const reader = makeReader()
        if (reader === undefined) throw new HttpError(409, 'no_metrics', 'nothing is counted')
        return reader.read()
      },
    )
    app.get<{ Querystring: { lines: number } }>(
      '/logs',
      {
        schema: {
          summary: 'The end of the log, oldest line first',
          querystring: {
            type: 'object',
            properties: {
              lines: { type: 'integer', minimum: 1, maximum: MAX_LINES, default: 100 },
            },
          },
          response: { 200: LOG_SCHEMA },
        },
      },
      ({ query }) => history.last(query.lines),
    )
    app.get<{ Querystring: { kinds: EventKind[] } }>(
      '/events',
      {
        schema: {
          summary: 'Server-sent events: "stats" every second, "log" for each line',
          querystring: {
            type: 'object',
            properties: {
              kinds: {
                type: 'array',
                items: { type: 'string', enum: ['stats', 'log'] },
                default: ['stats', 'log'],
              },
            },
          },
          produces: ['text/event-stream'],
          response: { 200: { type: 'string' }, '4xx': ERROR_SCHEMA },
        },
      },
      async ({ query }, reply) => {
        if (streams.size >= MAX_STREAMS)
          throw new HttpError(429, 'too_many_streams', `at most ${MAX_STREAMS} streams at a time`)
        reply.hijack()
        await streams.add(reply.raw, new Set(query.kinds))
      },
    )
  }
}
