import { join } from 'node:path'
import type { FastifyPluginAsync } from 'fastify'
import { StartError } from '../../../orchestrator/start-error.ts'
import { plainGraph } from '../../../program/flow/plain-graph.ts'
import { sketchScript } from '../../../program/flow/sketch-script.ts'
import { formatScriptError, ScriptError } from '../../../program/script/script-error.ts'
import { cut } from '../../cut.ts'
import { HttpError } from '../../http-server.ts'
import { FAILURE_SCHEMA, PROBLEMS_SCHEMA } from '../../problem-schemas.ts'
import type { FlowGraph, VerifyAnswer, VerifyRequest } from '../contract.ts'
import { draw } from '../draw.ts'
import type { GuiControl } from '../gui-control.ts'
import { describeRegistry } from '../registry.ts'
import { bodyOf, refuseOthers, takeAnyBody, textBody } from '../text-bodies.ts'
import { problemsOf, type Text, verify } from '../verify.ts'

const TEXT_PROPERTIES = {
  path: { type: 'string', description: 'Tells what the text is; the file need not exist' },
  text: { type: 'string', description: 'Unsaved text; that of the file if it is left out' },
} as const
const OPEN_SCHEMA = { type: 'object', additionalProperties: true } as const
/** Looking at a longer one would hold up everybody else. */
const MAX_TEXT_BYTES = 2 << 20
const TOO_LARGE = 'not looked at: it is larger than 2 MiB'
/** Any file that can be edited, as JSON. */
const MAX_BODY_BYTES = 24 << 20

/** Graphs of scripts as Pipy's UI asks for them: `/api/graph`. */
export function plainGraphRoutes(): FastifyPluginAsync {
  return async (app) => {
    takeAnyBody(app)
    app.post(
      '/graph',
      {
        config: { isReading: true },
        schema: {
          summary: 'Flow graph of the text of a script, of which nothing runs',
          body: textBody('Text of the script'),
          response: { 200: OPEN_SCHEMA, 400: OPEN_SCHEMA },
        },
      },
      ({ body }, reply) => {
        const text = bodyOf(body).toString()
        if (isTooLarge(text)) return reply.code(400).send({ error: TOO_LARGE })
        try {
          return reply.send(plainGraph(sketchScript('/script.js', text)))
        } catch (error) {
          if (!(error instanceof ScriptError)) throw error
          const [line = ''] = formatScriptError(error)
          return reply.code(400).send({ error: cut(line.replace('[pjs] ', '')) })
        }
      },
    )
    refuseOthers(app, '/graph', ['POST'])
  }
}

/** What can be told of texts and of the running program: problems, graphs, documentation. */
export function lookRoutes(control: GuiControl, isReadonly: boolean): FastifyPluginAsync {
  const { store, loadTimeoutMs: timeoutMs } = control
  /** The text that a request is about, which may be saved or not. */
  const textOf = async ({ path, text }: VerifyRequest): Promise<Text> => {
    if (text === undefined) {
      const { bytes } = await store.read(path)
      return { file: await store.find(path), text: bytes.toString(), timeoutMs }
    }
    const file = join(store.root, path)
    if (!store.contains(file)) throw new HttpError(404, 'not_found', `no such file: ${path}`)
    // Whoever asks about the text may be one who must not save it.
    return { file, text, root: store.root, timeoutMs }
  }
  return async (app) => {
    app.post<{ Body: VerifyRequest }>(
      '/verify',
      {
        config: { isReading: true },
        bodyLimit: MAX_BODY_BYTES,
        schema: {
          summary: 'What is wrong with a script or config',
          body: {
            type: 'object',
            properties: {
              ...TEXT_PROPERTIES,
              isRun: { type: 'boolean', description: 'Run it as loading it does' },
            },
            required: ['path'],
            additionalProperties: false,
          },
          response: {
            200: { type: 'object', properties: { problems: PROBLEMS_SCHEMA } },
          },
        },
      },
      async ({ body }): Promise<VerifyAnswer> => {
        const text = await textOf(body)
        if (isTooLarge(text.text)) return { problems: control.problems([tooLarge(text)]) }
        const found = await verify(text, body.isRun === true && !isReadonly)
        return { problems: control.problems(found) }
      },
    )
    app.post<{ Body: VerifyRequest }>(
      '/flow',
      {
        config: { isReading: true },
        bodyLimit: MAX_BODY_BYTES,
        schema: {
          summary: 'Flow graph of a script or config, of which nothing runs unless asked for',
          body: {
            type: 'object',
            properties: {
              ...TEXT_PROPERTIES,
              isRun: { type: 'boolean', description: 'Run a config that is a module' },
            },
            required: ['path'],
            additionalProperties: false,
          },
          response: { 200: OPEN_SCHEMA, '4xx': FAILURE_SCHEMA },
        },
      },
      async ({ body }): Promise<FlowGraph> => {
        const text = await textOf(body)
        if (isTooLarge(text.text)) {
          const problems = control.problems([tooLarge(text)])
          throw new HttpError(422, 'not_drawn', TOO_LARGE, { problems })
        }
        try {
          return {
            generation: 0,
            modules: await draw(store, text, body.isRun === true && !isReadonly),
          }
        } catch (error) {
          throw explain(error, text.file)
        }
      },
    )
    app.get(
      '/flow',
      {
        schema: {
          summary: 'Flow graph of the running program',
          response: { 200: OPEN_SCHEMA },
        },
      },
      (): FlowGraph => {
        const { program, generation } = control.runner
        if (program === undefined) throw new HttpError(409, 'no_program', 'no program is running')
        return { generation, modules: control.flow() }
      },
    )
    app.get(
      '/registry',
      {
        schema: {
          summary: 'Filters, classes and errors with their documentation',
          response: { 200: OPEN_SCHEMA },
        },
      },
      () => describeRegistry(),
    )
  }

  function explain(error: unknown, file: string): unknown {
    const isKnown = error instanceof ScriptError || error instanceof StartError
    if (!isKnown) return error
    const { message } = error
    const problems = error instanceof ScriptError ? [at(error, file)] : problemsOf(error, file)
    return new HttpError(422, 'not_drawn', message, { problems: control.problems(problems) })
  }
}

function isTooLarge(text: string): boolean {
  return Buffer.byteLength(text) > MAX_TEXT_BYTES
}

function tooLarge({ file }: Text) {
  return { severity: 'warning' as const, message: TOO_LARGE, file, line: 0, column: 0 }
}

function at({ message, line, column }: ScriptError, file: string) {
  return { severity: 'error' as const, message, file, line, column }
}
