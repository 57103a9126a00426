/** What the policies of one upstream count: a group of neighbouring numbers. */
export const POLICY_FIELDS = {
  /** Requests in progress that its circuit knows of, the only number that falls. */
  active: 0,
  /** Requests refused by the circuit: too many, a worker that is late, a wait that was too long. */
  refused: 1,
  shed: 2,
  expired: 3,
  /** Retries that the budget or the circuit did not allow. */
  refusedRetries: 4,
  /** Second attempts, and those of them that answered first. */
  hedges: 5,
  hedgesWon: 6,
} as const

/** Length of such a group. */
export const POLICY_GROUP = 7
