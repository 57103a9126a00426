import type { FastifyPluginAsync } from 'fastify'
import { LoadError } from '../../orchestrator/load-error.ts'
import { StartError } from '../../orchestrator/start-error.ts'
import { formatAddress } from '../../program/format-address.ts'
import type { LoadBalancerSpec, ProgramSpec } from '../../program/spec.ts'
import { cut } from '../cut.ts'
import { HttpError } from '../http-server.ts'
import { FAILURE_SCHEMA } from '../problem-schemas.ts'
import type { ProgramControl } from '../program-control.ts'

const STATUS_SCHEMA = {
  type: 'object',
  properties: {
    state: { type: 'string', enum: ['starting', 'running', 'draining'] },
    pid: { type: 'integer' },
    uptimeSeconds: { type: 'number' },
    program: { type: 'string', enum: ['lb', 'script'] },
    listeners: { type: 'array', items: { type: 'string' } },
    workers: { type: 'integer', description: 'How many there should be' },
    workersReady: { type: 'integer', description: 'How many accept' },
    deaths: { type: 'integer', description: 'Worker threads that have died' },
  },
  required: ['state', 'pid', 'uptimeSeconds', 'program', 'listeners', 'workers', 'workersReady'],
} as const

const LISTENERS_SCHEMA = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      listener: { type: 'integer', description: 'Index in the program' },
      asked: { type: 'string', description: 'The address as the program has it' },
      address: { type: 'string', description: 'The address in use' },
    },
    required: ['listener', 'asked', 'address'],
  },
} as const

/** The program as a whole: status, listeners, configuration and reload. */
export function programRoutes(control: ProgramControl): FastifyPluginAsync {
  return async (app) => {
    app.get(
      '/status',
      { schema: { summary: 'The process at a glance', response: { 200: STATUS_SCHEMA } } },
      () => {
        const { orchestrator } = control
        const states = orchestrator.workerStates()
        return {
          state: orchestrator.state,
          pid: process.pid,
          uptimeSeconds: Math.round(process.uptime() * 1000) / 1000,
          program: orchestrator.spec.kind,
          listeners: orchestrator.addresses,
          workers: orchestrator.workers,
          workersReady: states.filter(({ state }) => state === 'Ready').length,
          deaths: states.reduce((sum, { deaths }) => sum + deaths, 0),
        }
      },
    )
    app.get(
      '/listeners',
      { schema: { summary: 'Where the program listens', response: { 200: LISTENERS_SCHEMA } } },
      () => {
        const { addresses, spec } = control.orchestrator
        return addresses.map((address, listener) => {
          const asked = spec.listen[listener]
          return { listener, asked: asked === undefined ? address : formatAddress(asked), address }
        })
      },
    )
    app.get(
      '/config',
      {
        schema: {
          summary: 'The configuration that runs, without the text of scripts',
          response: { 200: { type: 'object', additionalProperties: true } },
        },
      },
      () => withoutSource(control.orchestrator.spec),
    )
    app.post(
      '/config/reload',
      {
        schema: {
          summary: 'Loads the program again from its file',
          description:
            'Answers when new connections enter the new program. One that is wrong changes nothing.',
          security: [{ token: [] }],
          response: { 200: STATUS_SCHEMA.properties.listeners, '4xx': FAILURE_SCHEMA },
        },
      },
      async () => {
        const { orchestrator, reload } = control
        if (reload === undefined)
          throw new HttpError(409, 'no_file', 'the program came from command-line options')
        try {
          await reload()
        } catch (error) {
          if (!(error instanceof StartError)) throw error
          const problems = problemsOf(error)
          throw new HttpError(422, 'not_loaded', error.message, { problems })
        }
        return orchestrator.addresses
      },
    )
  }
}

/** More than anybody reads at once; the message tells how many there are. */
const MAX_PROBLEMS = 100

function problemsOf(error: StartError): object[] {
  if (!(error instanceof LoadError)) return []
  return error.problems.slice(0, MAX_PROBLEMS).map(({ file, message, sourceLine: _, ...rest }) => ({
    ...rest,
    message: cut(message),
    path: file,
  }))
}

function withoutSource(spec: ProgramSpec): object {
  if (spec.kind !== 'script') {
    // Keys are nobody's business.
    const { pems, ...rest } = spec
    return { ...withoutSecrets(rest), files: Object.keys(pems ?? {}) }
  }
  const { program, ...rest } = spec
  return { ...rest, modules: program.modules.map(({ path }) => path) }
}

const MASKED = '***'

/** What proves something to somebody is masked: secrets of cookies, and what collectors ask for. */
function withoutSecrets<Spec extends Omit<LoadBalancerSpec, 'pems'>>(spec: Spec): Spec {
  const upstreams = spec.upstreams.map((one) => {
    const { sticky } = one
    return sticky === undefined || sticky.secret === ''
      ? one
      : { ...one, sticky: { ...sticky, secret: MASKED } }
  })
  const { tracing } = spec
  if (tracing === undefined) return { ...spec, upstreams }
  const url = new URL(tracing.url)
  if (url.password !== '') url.password = MASKED
  const names = Object.keys(tracing.headers)
  const headers = Object.fromEntries(names.map((name) => [name, MASKED]))
  return { ...spec, upstreams, tracing: { ...tracing, url: url.href, headers } }
}
