import { PROBLEMS_SCHEMA } from '../problem-schemas.ts'

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
