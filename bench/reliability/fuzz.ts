import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { projectPath } from '../load/project.ts'
import { outputOf } from './output-of.ts'

/** One target: how many inputs it was fed, and whether one was a finding. */
export interface FuzzResult {
  readonly target: string
  readonly seconds: number
  readonly executions: number
  /** What the fuzzer says of the finding; empty if there was none. */
  readonly finding: string
}

/** Names of all targets: those of libFuzzer, from their sources, and the filters. */
export function fuzzTargets(): string[] {
  const native = readdirSync(projectPath('test/fuzz'))
    .filter((name) => name.endsWith('_fuzz.cc'))
    .map((name) => name.slice(0, -'.cc'.length))
    .sort()
  return [...native, 'scripts']
}

/** Builds a target and fuzzes it for so many seconds. */
export async function fuzz(target: string, seconds: number): Promise<FuzzResult> {
  const script = projectPath('test/fuzz/run.sh')
  const child = spawn('sh', [script, String(seconds), target], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { target, ...parseFuzzOutput(await outputOf(child), target) }
}

/**
 * Reads what `test/fuzz/run.sh` says of a target. Without a word of it, or of any execution, something
 * else went wrong, which is no better than a finding.
 */
export function parseFuzzOutput(output: string, target: string): Omit<FuzzResult, 'target'> {
  const report = new RegExp(
    `^fuzz: target=${target} executions=(\\d+) seconds=(\\d+) findings=(\\d+)$`,
    'm',
  ).exec(output)
  const [line = '', executions = 0, seconds = 0, findings] = report ?? []
  const figures = { seconds: Number(seconds), executions: Number(executions) }
  if (findings === '0' && figures.executions > 0) return { ...figures, finding: '' }
  const summary = /^(?:SUMMARY: | *not ok \d+ - )(.*)$/m.exec(output)?.[1]
  const lastLine = output.replace(line, '').trim().split('\n').at(-1)
  return { ...figures, finding: summary || lastLine || 'no execution' }
}
