import type { FastifyPluginAsync } from 'fastify'
import type { FileEntry } from '../contract.ts'
import type { FileStore } from '../file-store.ts'
import { bodyOf, METHODS, refuseOthers, takeAnyBody, textBody } from '../text-bodies.ts'
import { writeConditionOf } from '../write-condition.ts'

const PARAMS = {
  type: 'object',
  properties: { '*': { type: 'string', description: 'Path of the file from the root' } },
} as const
const CONDITIONS = {
  type: 'object',
  properties: { 'if-match': { type: 'string' }, 'if-none-match': { type: 'string' } },
} as const
const NOTHING = { type: 'null' } as const
const SECURITY = [{ token: [] }]

interface FileParams {
  Params: { '*': string }
}

/** Files as Pipy's UI has them: `/api/files`. */
export function fileRoutes(store: FileStore): FastifyPluginAsync {
  return async (app) => {
    takeAnyBody(app)
    app.route({
      method: [...METHODS],
      url: '/files',
      config: { isReading: true },
      schema: {
        summary: 'All files: folders are objects, files are empty texts',
        response: { 200: { type: 'object', additionalProperties: true } },
      },
      handler: async () => nest((await store.list()).entries),
    })
    app.get<FileParams>(
      '/files/*',
      {
        schema: {
          summary: 'The bytes of a file',
          params: PARAMS,
          produces: ['text/plain'],
          response: { 200: { type: 'string' } },
        },
      },
      async ({ params }, reply) => {
        const { bytes, tag } = await store.read(params['*'])
        return reply.type('text/plain').header('etag', tag).send(bytes)
      },
    )
    app.post<FileParams>(
      '/files/*',
      {
        schema: {
          summary: 'Writes a file in a folder that exists',
          description:
            'With If-Match only if the file is still one with that ETag, or with * if there is one; ' +
            'with If-None-Match only if it is not, or with * if there is none.',
          security: SECURITY,
          params: PARAMS,
          headers: CONDITIONS,
          body: textBody('What the file is to contain'),
          response: { 201: NOTHING },
        },
      },
      async ({ params, body, headers }, reply) => {
        const tag = await store.write(params['*'], bodyOf(body), writeConditionOf(headers))
        return reply.code(201).header('etag', tag).send()
      },
    )
    app.delete<FileParams & { Querystring: { recursive: boolean } }>(
      '/files/*',
      {
        schema: {
          summary: 'Removes a file, or a folder',
          description: 'With If-Match only if it is a file that is still one with that ETag.',
          security: SECURITY,
          params: PARAMS,
          headers: CONDITIONS,
          querystring: {
            type: 'object',
            properties: { recursive: { type: 'boolean', default: false } },
          },
          response: { 204: NOTHING },
        },
      },
      async ({ params, query, headers }, reply) => {
        await store.remove(params['*'], query.recursive, writeConditionOf(headers))
        return reply.code(204).send()
      },
    )
    refuseOthers(app, '/files/*', ['GET', 'POST', 'DELETE'])
  }
}

const ENTRIES_SCHEMA = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      path: { type: 'string' },
      type: { type: 'string', enum: ['file', 'directory'] },
      kind: { type: 'string', enum: ['script', 'config', 'other'] },
      size: { type: 'integer' },
      modified: { type: 'number', description: 'Milliseconds since the epoch' },
    },
    required: ['path', 'type'],
  },
} as const

const LIST_SCHEMA = {
  type: 'object',
  properties: {
    entries: ENTRIES_SCHEMA,
    isTruncated: { type: 'boolean', description: 'There are more than 10,000 of them' },
  },
  required: ['entries', 'isTruncated'],
} as const

/** What an editor needs beyond that: `/api/v1/files` and `/api/v1/folders`. */
export function treeRoutes(store: FileStore): FastifyPluginAsync {
  return async (app) => {
    app.get(
      '/files',
      { schema: { summary: 'All files and folders', response: { 200: LIST_SCHEMA } } },
      () => store.list(),
    )
    app.post<{ Body: { from: string; to: string } }>(
      '/files/move',
      {
        schema: {
          summary: 'Renames or moves a file or folder',
          security: SECURITY,
          body: {
            type: 'object',
            properties: { from: { type: 'string' }, to: { type: 'string' } },
            required: ['from', 'to'],
            additionalProperties: false,
          },
          response: { 204: NOTHING },
        },
      },
      async ({ body }, reply) => {
        await store.move(body.from, body.to)
        return reply.code(204).send()
      },
    )
    app.post<{ Body: { path: string } }>(
      '/folders',
      {
        schema: {
          summary: 'Makes a folder',
          security: SECURITY,
          body: {
            type: 'object',
            properties: { path: { type: 'string' } },
            required: ['path'],
            additionalProperties: false,
          },
          response: { 201: NOTHING },
        },
      },
      async ({ body }, reply) => {
        await store.makeFolder(body.path)
        return reply.code(201).send()
      },
    )
  }
}

interface Nested {
  [name: string]: Nested | ''
}

/** Folders come before what is in them. */
function nest(entries: readonly FileEntry[]): Nested {
  const root: Nested = Object.create(null)
  for (const { path, type } of entries) {
    const names = path.slice(1).split('/')
    const name = names.pop() ?? ''
    let folder = root
    for (const one of names) folder = folder[one] || root
    folder[name] = type === 'directory' ? Object.create(null) : ''
  }
  return root
}
