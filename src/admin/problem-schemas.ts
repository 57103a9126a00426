import { ERROR_SCHEMA } from './http-server.ts'

/** What is wrong with a program: `Problem` of the web UI. */
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

/** What failed requests that are about a program are answered with. */
export const FAILURE_SCHEMA = {
  ...ERROR_SCHEMA,
  properties: { ...ERROR_SCHEMA.properties, problems: PROBLEMS_SCHEMA },
} as const
