import { computed, signal } from '@preact/signals'
import type { CallRates, FlowRates, PipelineRates } from '../../../src/admin/gui/contract.ts'

/** What flows through the running program; null until it is known. */
export const rates = signal<FlowRates | null>(null)

export const ratesByPipeline = computed<ReadonlyMap<string, PipelineRates>>(
  () => new Map(rates.value?.pipelines.map((one) => [one.id, one])),
)

/** What a filter gives to the sessions of a pipeline that it has started, if it has. */
export function callRates(to: PipelineRates | undefined, filter: string): CallRates | undefined {
  return to?.calls.find(({ from }) => from === filter)
}

export function addRates(next: FlowRates): void {
  rates.value = next
}
