import { signal } from '@preact/signals'
import { remembered } from './remembered.ts'

/** All requests, of whomever. */
export const ALL = 'all'

const memory = remembered('latency', ALL)

/** Whose latencies the user wants to see: `ALL`, `worker:0`, `upstream:api`. */
export const subject = signal(memory.read())

export function chooseSubject(wanted: string): void {
  subject.value = wanted
  memory.write(wanted)
}
