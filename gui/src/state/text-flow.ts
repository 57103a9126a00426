import { effect, signal } from '@preact/signals'
import type { FlowGraph, Problem, VerifyRequest } from '../../../src/admin/gui/contract.ts'
import { isConfigModule } from '../../../src/config/config-file.ts'
import { flowOfText, verify } from '../api/program-api.ts'
import { RequestError } from '../api/request.ts'
import { nodeAt } from '../graph/node-at.ts'
import { currentBuffer, type FileBuffer, isDirty } from './buffers.ts'
import { kindOf } from './files.ts'
import { selectedId } from './program-flow.ts'

/** What the text in the editor means. */
export interface TextFlow {
  readonly path: string
  /** The last one that could be made; it stays while there is none of the text. */
  readonly graph: FlowGraph | null
  /**
   * What graph it is: of the text, of the one before the error, of the file as it was saved, or none,
   * because the file would have to run.
   */
  readonly state: 'current' | 'before-error' | 'as-saved' | 'not-run'
}

const TYPING_MS = 300

export const textFlow = signal<TextFlow | null>(null)

/** What is wrong with the text in the editor. */
export const textProblems = signal<readonly Problem[]>([])

/** Configs that are modules, which the user has let run to see what they are. */
const runnable = signal<ReadonlySet<string>>(new Set())

/** Lets a config that is a module run, now and whenever it is saved. */
export function letRun(path: string): void {
  runnable.value = new Set(runnable.value).add(path)
}

/** Chooses the node that a place in the editor is about. */
export function selectAt(path: string, line: number, column: number): void {
  const graph = textFlow.peek()?.graph ?? null
  if (graph !== null) selectedId.value = nodeAt(graph, path, line, column) ?? null
}

/** Has graph and problems follow the text as it is typed. */
export function followText(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let path: string | undefined
  effect(() => {
    const buffer = currentBuffer.value
    clearTimeout(timer)
    const isOther = buffer?.path !== path
    path = buffer?.path
    if (isOther) {
      textFlow.value = null
      textProblems.value = []
    }
    if (buffer === undefined || kindOf(buffer.path) === 'other') return
    const canRun = runnable.value.has(buffer.path)
    const look = (): void => void lookAt(buffer, canRun)
    timer = setTimeout(look, isOther ? 0 : TYPING_MS)
  })
}

async function lookAt(buffer: FileBuffer, canRun: boolean): Promise<void> {
  const { path, text } = buffer
  const isModule = isConfigModule(path)
  // What is half typed does not run.
  const isRun = isModule && canRun && !isDirty(buffer)
  const asked: VerifyRequest = { path, text, ...(isRun && { isRun }) }
  const [graph, problems] = await Promise.all([
    isModule && !isRun ? null : flowOfText(asked).catch(orProblems(path)),
    verify(asked).catch(orProblems(path)),
  ])
  const shown = currentBuffer.peek()
  if (shown?.path !== path || shown.text !== text) return
  const before = textFlow.peek()?.path === path ? (textFlow.peek()?.graph ?? null) : null
  if (graph === null)
    textFlow.value = { path, graph: before, state: canRun ? 'as-saved' : 'not-run' }
  else if ('modules' in graph) textFlow.value = { path, graph, state: 'current' }
  else textFlow.value = { path, graph: before, state: 'before-error' }
  const all = [...(graph === null || 'modules' in graph ? [] : graph), ...problems]
  textProblems.value = all.filter((one, index) => {
    return all.findIndex((other) => isSame(one, other)) === index
  })
}

/** What a request that failed tells of a text; if that is nothing, then why nobody knows. */
function orProblems(path: string): (error: unknown) => readonly Problem[] {
  return (error) => {
    if (!(error instanceof RequestError)) throw error
    if (error.problems.length > 0) return error.problems
    const why = error.status === 413 ? 'it is too large' : error.message
    const message = `Not checked: ${why}`
    return [{ severity: 'warning', message, path, line: 0, column: 0 }]
  }
}

function isSame(one: Problem, other: Problem): boolean {
  return one.line === other.line && one.message === other.message
}
