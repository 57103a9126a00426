import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BenchError } from '../load/bench-error.ts'
import { cleanUpOnSignals, isBenchmarkEnding, runCleanups } from '../load/process/cleanup.ts'
import { planCpus } from '../load/process/cpus.ts'
import { findFreePort } from '../load/process/free-port.ts'
import { createWorkspace } from '../load/process/workspace.ts'
import { projectPath } from '../load/project.ts'
import { describeMachine } from '../load/report/machine.ts'
import { Endpoint } from './endpoint.ts'
import type { DrillResults, StepResult, SubjectResult, UndoneStep } from './results.ts'
import { runStep } from './run-step.ts'
import { STEPS, type Step } from './steps.ts'
import { haproxy } from './subjects/haproxy.ts'
import { nginx } from './subjects/nginx.ts'
import { sluice } from './subjects/sluice.ts'
import type { SubjectKind } from './subjects/subject.ts'
import { drillTable } from './table.ts'
import { updateOperations } from './update-operations.ts'

const SUBJECTS: readonly SubjectKind[] = [sluice, haproxy, nginx]
const ENDPOINTS = ['a', 'b', 'c']

const HELP = `Usage: npm run drill [-- <proxy or step> ...]
       npm run drill -- table

Does harm to Sluice, HAProxy and nginx under constant load and counts what clients notice. Names
choose among the proxies and steps; only a whole drill is saved, to bench/results/drill.json. "table"
writes that into docs/operations.md.

Proxies: ${SUBJECTS.map(({ name }) => name).join(', ')}
Steps:   ${STEPS.map(({ name }) => name).join(', ')}`

/** Runs the drill's command line; returns the exit code: 1 if Sluice misses a bar or a step. */
export async function main(argv: readonly string[]): Promise<number> {
  cleanUpOnSignals()
  try {
    if (argv.includes('--help')) console.log(HELP)
    else if (argv[0] === 'table') console.log(updateOperations(argv.includes('--check')))
    else return await drill(argv)
    return 0
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    console.error(`drill: ${error.message}`)
    return 1
  } finally {
    await runCleanups()
  }
}

async function drill(names: readonly string[]): Promise<number> {
  const subjects = chosen(SUBJECTS, names)
  const steps = chosen(STEPS, names)
  for (const name of names) {
    if (![...SUBJECTS, ...STEPS].some((one) => one.name === name))
      throw new BenchError(`no proxy or step is called ${name}; see --help`)
  }
  const startedAt = performance.now()
  const workspace = createWorkspace()
  const results: SubjectResult[] = []
  for (const kind of subjects) results.push(await drillOne(kind, steps, workspace))
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  const measuredAt = new Date().toISOString()
  const all: DrillResults = { machine: describeMachine(), measuredAt, seconds, subjects: results }
  console.log(`\n${drillTable(all)}`)
  if (names.length === 0) {
    const path = projectPath('bench/results/drill.json')
    writeFileSync(path, `${JSON.stringify(all, null, 2)}\n`)
    console.log(`${seconds} s; written to ${path}`)
  }
  const ours = results.filter(({ label }) => label === 'Sluice').flatMap((one) => one.steps)
  const isUndone = results.some(({ label, undone }) => label === 'Sluice' && undone !== undefined)
  return isUndone || ours.some(({ isMet }) => isMet === false) ? 1 : 0
}

async function drillOne(
  kind: SubjectKind,
  steps: readonly Step[],
  workspace: string,
): Promise<SubjectResult> {
  const { all } = planCpus()
  const directory = join(workspace, kind.name)
  mkdirSync(directory)
  const endpoints = await Promise.all(ENDPOINTS.map((name) => Endpoint.start(name, all)))
  const port = await findFreePort()
  const endpointPorts = endpoints.map((endpoint) => endpoint.port)
  const subject = await kind.start({ port, endpointPorts, directory, cpus: all })
  const found: StepResult[] = []
  const undone: UndoneStep[] = []
  for (const step of steps) {
    let said = 'not possible'
    try {
      const result = await runStep(step, { subject, endpoints }, port, all)
      if (result !== undefined) {
        found.push(result)
        said = describe(result)
      }
    } catch (error) {
      if (!(error instanceof BenchError) || isBenchmarkEnding()) throw error
      undone.push({ name: step.name, reason: error.message })
      said = `not done: ${error.message}`
    }
    console.log(`${subject.label}: ${step.title}: ${said}`)
  }
  await subject.stop()
  for (const endpoint of endpoints) await endpoint.kill()
  const { label, version } = subject
  return { label, version, steps: found, ...(undone.length === 0 ? {} : { undone }) }
}

function describe({ sent, failed, reset, faults }: StepResult): string {
  const lines = faults.map((fault) => `\n    ${fault}`)
  return `${sent} sent, ${failed} failed, ${reset} reset${lines.join('')}`
}

function chosen<T extends { readonly name: string }>(
  all: readonly T[],
  names: readonly string[],
): readonly T[] {
  const some = all.filter(({ name }) => names.includes(name))
  return some.length > 0 ? some : all
}
