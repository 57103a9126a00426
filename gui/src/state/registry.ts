import { signal } from '@preact/signals'
import type { FilterDoc, Registry } from '../../../src/admin/gui/contract.ts'
import { readRegistry } from '../api/program-api.ts'

/** Filters and classes with their documentation; null until they are known. */
export const registry = signal<Registry | null>(null)

export async function loadRegistry(): Promise<void> {
  registry.value = await readRegistry()
}

export function filterDoc(name: string): FilterDoc | undefined {
  return registry.value?.filters.find((one) => one.name === name)
}
