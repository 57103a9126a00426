import { computed, signal } from '@preact/signals'
import type { TapEnd, TapEvent } from '../../../src/admin/gui/contract.ts'
import { endTap, startTap } from '../api/program-api.ts'
import { attempt } from './notices.ts'

/** A look at what passes a filter. */
export interface RunningTap {
  readonly id: string
  readonly filter: string
  readonly isOver: boolean
  readonly events: readonly TapEvent[]
}

const MAX_BYTES = 1024

/** The latest one. */
export const tap = signal<RunningTap | null>(null)

export const isTapping = computed(() => tap.value !== null && !tap.value.isOver)

/** Events that overtake the answer which tells the tap's id; null while none is waited for. */
let early: (TapEvent | TapEnd)[] | null = null

/** Looks at the next events of a filter, in the place of an earlier look. */
export async function tapFilter(filter: string, count: number): Promise<void> {
  await stopTap()
  early = []
  await attempt(async () => {
    const { id, isOver, events } = await startTap(filter, count, MAX_BYTES)
    tap.value = { id, filter, isOver, events }
    for (const event of early ?? []) addTapEvent(event)
  })
  early = null
}

export async function stopTap(): Promise<void> {
  const running = tap.value
  if (running === null || running.isOver) return
  tap.value = { ...running, isOver: true }
  await attempt(() => endTap(running.id))
}

/** Takes what the server tells of taps. */
export function addTapEvent(told: TapEvent | TapEnd): void {
  const running = tap.value
  if (running?.id !== told.tap) early?.push(told)
  else if ('isOver' in told) tap.value = { ...running, isOver: true }
  else {
    const events = [...running.events, told]
    tap.value = { ...running, isOver: running.isOver || told.isLast, events }
  }
}
