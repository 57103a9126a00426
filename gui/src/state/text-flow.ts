import { effect, signal } from '@preact/signals'
import type { FlowGraph, Problem } from '../../../src/admin/gui/contract.ts'
import { flowOfText, verify } from '../api/program-api.ts'
import { RequestError } from '../api/request.ts'
import { currentBuffer } from './buffers.ts'
import { kindOf } from './files.ts'

/** What the text in the editor means. */
export interface TextFlow {
  readonly path: string
  /** The last one that could be made; it stays while the text is wrong. */
  readonly graph: FlowGraph | null
  readonly isCurrent: boolean
}

const TYPING_MS = 300

export const textFlow = signal<TextFlow | null>(null)

/** What is wrong with the text in the editor. */
export const textProblems = signal<readonly Problem[]>([])

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
    const look = (): void => void lookAt(buffer.path, buffer.text)
    timer = setTimeout(look, isOther ? 0 : TYPING_MS)
  })
}

async function lookAt(path: string, text: string): Promise<void> {
  const isStillShown = (): boolean => {
    const buffer = currentBuffer.peek()
    return buffer?.path === path && buffer.text === text
  }
  const [graph, problems] = await Promise.all([
    flowOfText(path, text).catch(orProblems),
    verify(path, text).catch(orProblems),
  ])
  if (!isStillShown()) return
  if ('modules' in graph) {
    textFlow.value = { path, graph, isCurrent: true }
  } else if (textFlow.peek()?.path === path) {
    textFlow.value = { path, graph: textFlow.peek()?.graph ?? null, isCurrent: false }
  } else {
    textFlow.value = { path, graph: null, isCurrent: false }
  }
  const all = [...('modules' in graph ? [] : graph), ...problems]
  textProblems.value = all.filter((one, index) => {
    return all.findIndex((other) => isSame(one, other)) === index
  })
}

function orProblems(error: unknown): readonly Problem[] {
  return error instanceof RequestError ? error.problems : []
}

function isSame(one: Problem, other: Problem): boolean {
  return one.line === other.line && one.message === other.message
}
