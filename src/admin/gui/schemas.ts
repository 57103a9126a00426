import { ERROR_SCHEMA } from '../http-server.ts'

/** `Problem`. */
const PROBLEM_SCHEMA = {
  type: 'object',
  properties: {
    severity: { type: 'string', enum: ['error', 'warning'] },
    message: { type: 'string' },
    path: { type: 'string' },
    line: { type: 'integer', description: 'From 1; 0 where no place is known' },
    column: { type: 'integer' },
    endLine: { type: 'integer' },
    endColumn: { type: 'integer' },
  },
  required: ['severity', 'message', 'path', 'line', 'column'],
} as const

export const PROBLEMS_SCHEMA = { type: 'array', items: PROBLEM_SCHEMA } as const

/** `ApiError` of requests that are about a program. */
export const FAILURE_SCHEMA = {
  ...ERROR_SCHEMA,
  properties: { ...ERROR_SCHEMA.properties, problems: PROBLEMS_SCHEMA },
} as const

/** `ProgramState`. */
export const PROGRAM_SCHEMA = {
  type: 'object',
  properties: {
    state: { type: 'string', enum: ['stopped', 'starting', 'running', 'stopping'] },
    path: { type: 'string', description: 'Of what runs, or was the last to run' },
    kind: { type: 'string', enum: ['script', 'config'] },
    files: { type: 'array', items: { type: 'string' } },
    listeners: { type: 'array', items: { type: 'string' } },
    workers: { type: 'integer' },
    workersReady: { type: 'integer' },
    startedAt: { type: 'number', description: 'Milliseconds since the epoch, or 0' },
    generation: { type: 'integer' },
    isStale: { type: 'boolean', description: 'A file of it has changed since' },
    problems: PROBLEMS_SCHEMA,
  },
  required: ['state', 'path', 'kind', 'files', 'listeners', 'workers', 'generation', 'problems'],
} as const
