/** A ramp has so many steps: pickers with tables make them anew at each. */
const STEPS = 10

/** What share of its weight an endpoint has that has been usable for `elapsedMs`: from 0.1 to 1. */
export function slowStartShare(elapsedMs: number, durationMs: number): number {
  if (elapsedMs >= durationMs) return 1
  return Math.max(1, Math.floor((elapsedMs / durationMs) * STEPS)) / STEPS
}

/** How long until the share changes. */
export function untilNextStep(elapsedMs: number, durationMs: number): number {
  const step = durationMs / STEPS
  const next = Math.max(2, Math.floor(elapsedMs / step) + 1)
  return Math.ceil(next * step - elapsedMs)
}
