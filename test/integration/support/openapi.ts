import assert from 'node:assert/strict'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { AdminAnswer } from './start-admin.ts'

type Content = Readonly<Record<string, { readonly schema?: object }>>

/** What a document tells of a path and verb. */
interface DescribedOperation {
  readonly summary?: string
  readonly security?: readonly object[]
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}

/** One path and verb of a document. */
export interface Operation extends DescribedOperation {
  /** `PUT /api/v1/workers`, with parameters in braces. */
  readonly name: string
  readonly method: string
  readonly path: string
}

/** What a valid request to an operation has beside its verb. */
export interface MinimalRequest {
  /** With a value for each parameter; that of the document if there are none. */
  readonly path?: string
  /** An object goes as JSON. */
  readonly body?: object | string
}

/** Sends a request; the body of an endless answer is left alone. */
export type Call = (method: string, path: string, body?: object | string) => Promise<AdminAnswer>

/** All paths and verbs of a document that is valid, in its order, but what deletes comes last. */
export async function operationsOf(document: Record<string, unknown>): Promise<Operation[]> {
  assert.deepEqual((await new Validator().validate(document)).errors ?? [], [])
  const paths = document.paths as Record<string, Record<string, DescribedOperation>>
  const all = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, described]) => {
      const method = verb.toUpperCase()
      return { ...described, name: `${method} ${path}`, method, path }
    }),
  )
  const isDeleting = ({ method }: Operation): boolean => method === 'DELETE'
  return [...all.filter((one) => !isDeleting(one)), ...all.filter(isDeleting)]
}

/**
 * Sends a request to every operation and compares the answer with what the document says of it.
 * Requests are those of the table; an operation that is not there is one that needs nothing.
 */
export async function compareAll(
  operations: readonly Operation[],
  requests: Readonly<Record<string, MinimalRequest>>,
  call: Call,
): Promise<Map<string, AdminAnswer>> {
  const names = operations.map(({ name }) => name)
  const strange = Object.keys(requests).filter((name) => !names.includes(name))
  assert.deepEqual(strange, [], 'of these paths the document says nothing')
  const answers = new Map<string, AdminAnswer>()
  for (const operation of operations) {
    const { path = operation.path, body } = requests[operation.name] ?? {}
    assert.doesNotMatch(path, /[{}]/, `no path of ${operation.name} is in the table`)
    const answer = await call(operation.method, path, body)
    compare(operation, answer)
    answers.set(operation.name, answer)
  }
  return answers
}

/** An answer has a status, type and shape that the document names. */
export function compare(
  { name, responses }: Operation,
  { status, headers, text, json }: AdminAnswer,
): void {
  const what = `${name}: ${status} ${text.slice(0, 300)}`
  const described = responses[status] ?? responses[`${Math.floor(status / 100)}XX`]
  assert.ok(described !== undefined, `${what}: want one of ${Object.keys(responses)}`)
  const type = headers.get('content-type')?.split(';')[0]
  const content = described.content ?? {}
  if (type === undefined) {
    assert.deepEqual([Object.keys(content), text], [[], ''], what)
    return
  }
  assert.ok(Object.hasOwn(content, type), `${what}: ${type}, want one of ${Object.keys(content)}`)
  if (type !== 'application/json') return
  const ajv = new Ajv2020({ strict: false })
  const isValid = ajv.validate(content[type]?.schema ?? {}, json)
  assert.ok(isValid, `${what}: ${ajv.errorsText()}`)
}

/** Calls a server by its address; of event streams only the head is looked at. */
export function callOf(url: string, headers: Readonly<Record<string, string>> = {}): Call {
  return async (method, path, body) => {
    const isJson = typeof body === 'object'
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...headers, ...(isJson && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
    })
    const type = response.headers.get('content-type') ?? ''
    const isEndless = type.startsWith('text/event-stream')
    if (isEndless) await response.body?.cancel()
    const text = isEndless ? '' : await response.text()
    const json = type.startsWith('application/json') ? JSON.parse(text) : undefined
    return { status: response.status, headers: response.headers, text, json }
  }
}
