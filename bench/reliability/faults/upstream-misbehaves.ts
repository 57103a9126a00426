import type { ManagedProcess } from '../../load/process/managed-process.ts'
import { exchangeRaw, explainFailure, type RawAnswer } from '../client/raw-exchange.ts'
import { type FaultOutcome, Tally } from '../fault.ts'
import type { Stage } from '../stage.ts'

/** What clients ask of an upstream that misbehaves, and what they may get. */
export interface Expectation {
  readonly request: string
  /** Clients that ask at the same time. */
  readonly clients: number
  /** What is wrong with an answer, in words; empty if nothing is. */
  readonly judge: (answer: RawAnswer) => string
}

/** Lets clients ask the faulty upstream again and again for so many seconds. */
export async function askFaultyUpstream(
  stage: Stage,
  seconds: number,
  { request, clients, judge }: Expectation,
): Promise<FaultOutcome> {
  const tally = new Tally()
  const upstream: ManagedProcess = await stage.startFaulty()
  const end = performance.now() + seconds * 1000
  const ask = async (): Promise<void> => {
    do tally.count(judge(await exchangeRaw(stage.port, request, stage.patienceMs)))
    while (performance.now() < end)
  }
  await Promise.all(Array.from({ length: clients }, ask))
  await upstream.stop()
  return tally.outcome
}

/** Judges answers that must be one of these statuses, or cut off so that the client can tell. */
export function failsWith(...statuses: number[]): Expectation['judge'] {
  return (answer) => explainFailure(answer, statuses)
}
