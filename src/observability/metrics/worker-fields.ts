/**
 * What is known of a worker as a whole: the first numbers of its memory, before all groups. Written
 * once a second, so that nothing on the way of a request does it.
 *
 *     │ 0 CPU │ 1 heap │ 2 lag │ 3 dropped log lines │ … │ 16 … the counters of reactor and limits │
 */
export const WORKER_FIELDS = {
  /** CPU time of the slot's threads, in seconds. */
  cpuSeconds: 0,
  /** JavaScript heap in use, in bytes. */
  heapBytes: 1,
  /** How late the last tick of a timer was, in seconds: how long work waits for its turn. */
  lagSeconds: 2,
  /** Lines of the access log that were dropped. */
  droppedLines: 3,
  /** Where the counters of the reactor and of limits begin, in their own order. */
  counters: 16,
} as const
