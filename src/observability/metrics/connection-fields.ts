/** Upper bounds of the classes by which durations are counted, in seconds: from requests to days. */
export const CONNECTION_BOUNDS: readonly number[] = [
  0.01, 0.1, 1, 10, 60, 300, 900, 3600, 14_400, 86_400,
]

/** What is counted about the connections of one listener: a group of neighbouring numbers. */
export const CONNECTION_FIELDS = {
  /** Connections that were accepted. */
  accepted: 0,
  /** Those that are open, the only number that falls. */
  open: 1,
  /** How long those that have ended were open, together, in milliseconds. */
  durationMs: 2,
  /** Bytes from and to clients of listeners that pass them as they are. */
  received: 3,
  sent: 4,
  /** Connections that have ended, by the first bound that they were not longer than, or none. */
  classes: 5,
} as const

/** Length of such a group. */
export const CONNECTION_GROUP: number = CONNECTION_FIELDS.classes + CONNECTION_BOUNDS.length + 1

/** Which of the `classes` a duration belongs to. */
export function connectionClass(durationMs: number): number {
  let index = 0
  while (durationMs > (CONNECTION_BOUNDS[index] ?? Number.POSITIVE_INFINITY) * 1000) index++
  return index
}
