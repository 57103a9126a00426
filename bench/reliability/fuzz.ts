import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { projectPath } from '../load/project.ts'

/** One libFuzzer target: how many inputs it was fed, and whether one was a finding. */
export interface FuzzResult {
  readonly target: string
  readonly seconds: number
  readonly executions: number
  /** libFuzzer's summary of the finding; empty if there was none. */
  readonly finding: string
}

/** Names of all targets, from their sources. */
export function fuzzTargets(): string[] {
  return readdirSync(projectPath('test/fuzz'))
    .filter((name) => name.endsWith('_fuzz.cc'))
    .map((name) => name.slice(0, -'.cc'.length))
    .sort()
}

/** Builds a target with ASan and UBSan and fuzzes it for so many seconds. */
export async function fuzz(target: string, seconds: number): Promise<FuzzResult> {
  const script = projectPath('test/fuzz/run.sh')
  const child = spawn('sh', [script, String(seconds), target], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('latin1').on('data', (text: string) => {
      output += text
    })
  }
  const [status] = await once(child, 'close')
  return { target, seconds, ...parseFuzzOutput(output, status === 0) }
}

/** Reads libFuzzer's final figures. */
export function parseFuzzOutput(
  output: string,
  hasSucceeded: boolean,
): Pick<FuzzResult, 'executions' | 'finding'> {
  const executions = /^stat::number_of_executed_units:\s*(\d+)$/m.exec(output)?.[1]
  const summary = /^SUMMARY: (.*)$/m.exec(output)?.[1]
  const lastLine = output.trim().split('\n').at(-1) ?? ''
  return {
    executions: Number(executions ?? 0),
    finding: summary ?? (hasSucceeded && executions !== undefined ? '' : lastLine || 'no output'),
  }
}
