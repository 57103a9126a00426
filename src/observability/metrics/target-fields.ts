/** What is counted about the connections to one upstream or endpoint: neighbouring numbers. */
export const TARGET_FIELDS = {
  /** Connections that were begun. */
  total: 0,
  /** Those that are open or being opened, the only number that falls. */
  open: 1,
  /** Those that were refused or took too long to establish. */
  failed: 2,
  /** Bytes from and to endpoints whose connections are passed on as they are. */
  received: 3,
  sent: 4,
} as const

/** Length of such a group. */
export const TARGET_GROUP = 5
