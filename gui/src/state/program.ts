import { computed, signal } from '@preact/signals'
import type { Problem, ProgramState } from '../../../src/admin/gui/contract.ts'
import { readConnections, startProgram, stopProgram } from '../api/program-api.ts'
import { RequestError } from '../api/request.ts'
import { confirm } from './dialog.ts'
import { notify } from './notices.ts'

/** The program of the server; null until it is known. */
export const program = signal<ProgramState | null>(null)

/** A start, restart or stop is on its way. */
export const isBusy = signal(false)

/** What the last start found wrong, by which the editor marks lines. */
export const startProblems = signal<readonly Problem[]>([])

export const isRunning = computed(() => {
  const state = program.value?.state
  return state === 'running' || state === 'starting'
})

export const runningPath = computed(() => (isRunning.value ? (program.value?.path ?? null) : null))

/** Starts a file in the place of what runs. */
export async function run(path: string): Promise<void> {
  await steer(async () => {
    program.value = await startProgram(path)
    startProblems.value = []
    notify('good', `${path} is running`)
  })
}

/** Loads the running program again. Nobody is asked: what is connected stays so. */
export async function restart(): Promise<void> {
  const path = runningPath.value
  if (path !== null) await run(path)
}

/** Stops what runs, unless somebody is connected and the user would rather not. */
export async function stop(): Promise<void> {
  await steer(async () => {
    const { open } = await readConnections()
    if (open > 0 && !(await confirmStop(open))) return
    program.value = await stopProgram()
    notify('good', 'Stopped')
  })
}

function confirmStop(open: number): Promise<boolean> {
  const who = open === 1 ? 'One client is' : `${open} clients are`
  const what = `${program.value?.path ?? ''} has work: ${who} connected.`
  const text = `${what} What is in progress gets two seconds to end.`
  return confirm('Stop the program?', text, 'Stop it')
}

async function steer(action: () => Promise<void>): Promise<void> {
  if (isBusy.value) return
  isBusy.value = true
  try {
    await action()
  } catch (error) {
    if (error instanceof RequestError) startProblems.value = error.problems
    notify('bad', error instanceof Error ? error.message : String(error))
  } finally {
    isBusy.value = false
  }
}
