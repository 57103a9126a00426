import { startAttacker } from '../attacker.ts'
import type { FaultOutcome } from '../fault.ts'
import type { Stage } from '../stage.ts'

/** What `slowhttptest` says in the end: connections by state, and whether its probes were answered. */
export interface SlowReport {
  readonly connections: number
  /** Reports in which its probe connection found the service available, and all of them. */
  readonly available: number
  readonly reports: number
}

/** Runs Debian's slowhttptest against Sluice; its own probes are the cases. */
export async function runSlowHttpTest(
  stage: Stage,
  seconds: number,
  args: readonly string[],
  path: string,
): Promise<FaultOutcome> {
  const url = `http://127.0.0.1:${stage.port}${path}`
  const child = await startAttacker(stage, 'slowhttptest', [
    ...args,
    ...['-l', String(seconds), '-p', '3', '-u', url],
  ])
  await child.ended
  const { connections, available, reports } = parseSlowReport(child.output())
  const isReached = connections > 0 && reports > 0
  const firstError = !isReached ? `slowhttptest: ${child.errorOutput().trim() || 'no report'}` : ''
  return {
    cases: reports,
    passed: available,
    firstError: firstError || (available < reports ? 'a probe of slowhttptest got no answer' : ''),
  }
}

/** Reads what slowhttptest prints, colours and all. */
export function parseSlowReport(output: string): SlowReport {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  const text = output.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '')
  const last = (name: string): number =>
    Number([...text.matchAll(new RegExp(`^${name}: +(\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0)
  const probes = [...text.matchAll(/^service available: +(\w+)$/gm)].map(([, word]) => word)
  return {
    connections: ['pending', 'connected', 'error', 'closed'].reduce(
      (sum, one) => sum + last(one),
      0,
    ),
    available: probes.filter((word) => word === 'YES').length,
    reports: probes.length,
  }
}
