import type { FastifyPluginAsync } from 'fastify'
import { isSubject } from '../../orchestrator/metrics/distributions.ts'
import { StatsReader } from '../../orchestrator/metrics/stats.ts'
import { type EventFeed, EventStreams, MAX_STREAMS } from '../event-streams.ts'
import { LOG_FEED, statsEverySecond } from '../feeds.ts'
import { HttpError } from '../http-server.ts'
import { LogHistory } from '../log-history.ts'
import type { ProgramControl } from '../program-control.ts'

const MAX_LINES = 1000
/** Each of them is up to some 10 KB every second. */
const MAX_DISTRIBUTIONS = 8

const DISTRIBUTIONS = `Workers (worker:0) and upstreams (upstream:api), separated by commas, at most
${MAX_DISTRIBUTIONS}: "stats" then have "distributions", a list of {"of": "upstream:api", "buckets":
[[milliseconds, requests], …]} with those of them that there are`.replaceAll('\n', ' ')

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
  const stats = statsEverySecond(makeReader)
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
          response: { 200: { type: 'object', additionalProperties: true } },
        },
      },
      async () => {
        const reader = makeReader()
        if (reader === undefined) throw new HttpError(409, 'no_metrics', 'nothing is counted')
        return (await reader.read()).stats
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
    app.get<{ Querystring: { kinds: string; distributions: string } }>(
      '/events',
      {
        schema: {
          summary: 'Server-sent events: "stats" every second, "log" for lines that are logged',
          description: `The kinds asked for, separated by commas: ${streams.kinds.join(', ')}.`,
          querystring: {
            type: 'object',
            properties: {
              kinds: { type: 'string', default: 'stats,log' },
              distributions: { type: 'string', default: '', description: DISTRIBUTIONS },
            },
          },
          produces: ['text/event-stream'],
          response: { 200: { type: 'string' } },
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
        const wanted = wantedDistributions(query.distributions)
        reply.hijack()
        streams.add(reply.raw, { kinds: new Set(kinds), wanted })
      },
    )
  }
}

/** Whose latency distributions a client wants. */
function wantedDistributions(list: string): string[] {
  const names = list === '' ? [] : [...new Set(list.split(','))]
  const unknown = names.find((name) => !isSubject(name))
  if (unknown !== undefined) {
    const message = `no distributions of ${unknown}: want worker:<number> or upstream:<name>`
    throw new HttpError(400, 'no_distribution', message)
  }
  if (names.length > MAX_DISTRIBUTIONS) {
    const message = `${names.length} distributions: at most ${MAX_DISTRIBUTIONS} for each stream`
    throw new HttpError(400, 'too_many_distributions', message)
  }
  return names
}
