import { setTimeout as pause } from 'node:timers/promises'
import type { Endpoint } from './endpoint.ts'
import type { Sample } from './strict-client.ts'
import type { Subject } from './subjects/subject.ts'

/** What a step is done to. */
export interface Scene {
  readonly subject: Subject
  readonly endpoints: readonly Endpoint[]
}

/** One fault or change of the drill. */
export interface Step {
  readonly name: string
  readonly title: string
  /** Whether no request may fail. */
  readonly isLossless: boolean
  /** Puts things as the step needs them, before it is looked at. */
  prepare?(scene: Scene): Promise<void>
  /** Does it; what happens meanwhile counts as "during". False: this proxy cannot. */
  run(scene: Scene): Promise<boolean>
  /** Puts things back afterwards, also if `run` failed. */
  restore?(scene: Scene): Promise<void>
  /** Name of the endpoint that traffic has to leave within so many milliseconds. */
  readonly leaves?: { readonly endpoint: string; readonly withinMs: number }
}

const RELOADS = 20
const RELOAD_GAP_MS = 100
const DWELL_MS = 1000
/** As the proxies that probe are told in their configs. */
const PROBE_INTERVAL_MS = 1000
const OUTAGE_MS = 2500
const SLOW_MS = 1000
const SLOW_FOR_MS = 7000

/** The drill, in order. The slow endpoint is last: it is left out for a while after it has recovered. */
export const STEPS: readonly Step[] = [
  {
    name: 'reload',
    title: `${RELOADS} reloads`,
    isLossless: true,
    async run({ subject }) {
      for (let reload = 0; reload < RELOADS; reload++) {
        await subject.reload()
        await pause(RELOAD_GAP_MS)
      }
      return true
    },
  },
  {
    name: 'resize',
    title: 'workers 1 → 4 → 2',
    isLossless: true,
    prepare: ({ subject }) => subject.resize(1),
    async run({ subject }) {
      await subject.resize(4)
      await pause(DWELL_MS)
      await subject.resize(2)
      await pause(DWELL_MS)
      return true
    },
  },
  {
    name: 'config',
    title: 'config broken and fixed',
    isLossless: true,
    async run({ subject }) {
      await subject.reloadBroken()
      await pause(DWELL_MS)
      await subject.reload()
      return true
    },
  },
  {
    name: 'crash',
    title: 'a worker crashes',
    isLossless: true,
    async run({ subject }) {
      if (subject.crashWorker === undefined) return false
      await subject.crashWorker()
      await pause(DWELL_MS)
      return true
    },
  },
  {
    name: 'kill',
    title: 'endpoint killed and restarted',
    isLossless: true,
    leaves: { endpoint: 'a', withinMs: PROBE_INTERVAL_MS },
    async run({ endpoints }) {
      await endpoints[0]?.kill()
      await pause(OUTAGE_MS)
      return true
    },
    // What is looked at ends before the endpoint may be used again.
    async restore({ endpoints }) {
      await endpoints[0]?.restart()
      await pause(OUTAGE_MS)
    },
  },
  {
    name: 'slow',
    title: 'endpoint slowed to 1 s',
    isLossless: true,
    leaves: { endpoint: 'b', withinMs: 5000 },
    async run({ endpoints }) {
      await endpoints[1]?.delay(SLOW_MS)
      await pause(SLOW_FOR_MS)
      return true
    },
    restore: async ({ endpoints }) => endpoints[1]?.delay(0),
  },
]

/**
 * How long after `start` the last request before `end` was sent that `endpoint` answered, or that
 * went wrong, as it does with an endpoint that answers no more; in milliseconds, 0 if there was none.
 */
export function leftAfter(
  samples: readonly Sample[],
  endpoint: string,
  start: number,
  end: number,
): number {
  const its = samples.filter(
    ({ outcome, detail, startedAt }) =>
      (outcome !== 'ok' || detail === endpoint) && startedAt >= start && startedAt < end,
  )
  return Math.max(0, ...its.map(({ startedAt }) => startedAt - start))
}
