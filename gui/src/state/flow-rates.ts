import { computed, signal } from '@preact/signals'
import type { FlowRates, PipelineRates } from '../../../src/admin/gui/contract.ts'

/** What flows through the running program; null until it is known. */
export const rates = signal<FlowRates | null>(null)

export const ratesByPipeline = computed<ReadonlyMap<string, PipelineRates>>(
  () => new Map(rates.value?.pipelines.map((one) => [one.id, one])),
)

export function addRates(next: FlowRates): void {
  rates.value = next
}
