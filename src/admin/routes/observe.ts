import type { FastifyPluginAsync } from 'fastify'
import { StatsReader } from '../../orchestrator/metrics/stats.ts'
import { type EventFeed, EventStreams, MAX_STREAMS } from '../event-streams.ts'
import { everySecond, LOG_FEED } from '../feeds.ts'
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

/**
 * What happens: numbers and log, at once and as streams. `feeds` are kinds of events beyond those
 * two, or in their place.
 */
export function observeRoutes(
  control: ProgramControl,
  feeds: Readonly<Record<string, EventFeed>> = {},
): FastifyPluginAsync {
  const makeReader = (): StatsReader | undefined => {
    const { orchestrator } = control
    const { metrics } = orchestrator
    return metrics === undefined ? undefined : new StatsReader(orchestrator, metrics)
  }
  const stats = everySecond(() => {
    const reader = makeReader()
    return async () => reader?.read()
  })
  return async (app) => {
    const history = new LogHistory()
    const streams = new EventStreams({ stats, log: LOG_FEED, ...feeds })
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
    app.get<{ Querystring: { kinds: string } }>(
      '/events',
      {
        schema: {
          summary: 'Server-sent events: "stats" every second, "log" for lines that are logged',
          description: `The kinds asked for, separated by commas: ${streams.kinds.join(', ')}.`,
          querystring: {
            type: 'object',
            properties: { kinds: { type: 'string', default: 'stats,log' } },
          },
          produces: ['text/event-stream'],
          response: { 200: { type: 'string' }, '4xx': ERROR_SCHEMA },
        },
      },
      async ({ query }, reply) => {
        if (streams.size >= MAX_STREAMS)
          throw new HttpError(429, 'too_many_streams', `at most ${MAX_STREAMS} streams at a time`)
        const kinds = query.kinds.split(',')
        const unknown = kinds.find((kind) => !streams.kinds.includes(kind))
        if (unknown !== undefined) {
          const message = `no events ${unknown}: want some of ${streams.kinds.join(', ')}`
          throw new HttpError(400, 'no_kind', message)
        }
        reply.hijack()
        streams.add(reply.raw, new Set(kinds))
      },
    )
  }
}
