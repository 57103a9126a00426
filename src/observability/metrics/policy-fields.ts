/** What the policies of one upstream count: a group of neighbouring numbers. */
export const POLICY_FIELDS = {
  /** Requests in progress that its circuit knows of. */
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
  /** How many budgets for retries there are, and what they would allow at once. */
  budgets: 7,
  retriesLeft: 8,
} as const

/** Length of such a group. */
export const POLICY_GROUP = 9

/** Those that tell how things are, and of which nothing is left when a worker or a program ends. */
export const POLICY_STATES: readonly number[] = [
  POLICY_FIELDS.active,
  POLICY_FIELDS.budgets,
  POLICY_FIELDS.retriesLeft,
]
