type Cleanup = () => Promise<void> | void

const pending = new Set<Cleanup>()
let isEnding = false

/** Registers work to do before the benchmark ends, however it ends; returns a function that forgets it. */
export function onCleanup(cleanup: Cleanup): () => void {
  pending.add(cleanup)
  return () => pending.delete(cleanup)
}

/** True once the benchmark is ending: nothing may be started any more. */
export function isBenchmarkEnding(): boolean {
  return isEnding
}

/** Runs and forgets everything registered, last registered first. */
export async function runCleanups(): Promise<void> {
  isEnding = true
  for (const cleanup of [...pending].reverse()) {
    pending.delete(cleanup)
    await cleanup()
  }
}

/** Makes Ctrl-C, SIGTERM and a closed terminal end every started process before the benchmark exits. */
export function cleanUpOnSignals(): void {
  const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
  for (const [signal, code] of Object.entries(exitCodes)) {
    process.once(signal, () => {
      runCleanups().finally(() => process.exit(code))
    })
  }
}
