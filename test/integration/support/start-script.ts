import type { TestContext } from 'node:test'
import { startSluice } from '../../support/sluice-process.ts'
import { temporaryScript } from '../../support/temporary-script.ts'
import type { RunningLb } from './start-lb.ts'

/** Runs a script that listens on port 0, with one worker. */
export async function startScript(
  context: TestContext,
  text: string,
  ...options: string[]
): Promise<RunningLb> {
  const sluice = startSluice(context, [temporaryScript(context, text), ...options])
  const [port = 0] = await sluice.ports()
  return { sluice, port }
}
