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
} as const

/** Length of such a group. */
export const CONNECTION_GROUP = 5
