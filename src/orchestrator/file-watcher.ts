import { type FSWatcher, statSync, watch } from 'node:fs'
import { dirname } from 'node:path'

/** An editor writes a file in several steps: what counts is the state after the last. */
const SETTLE_MS = 100
/** Where the kernel tells nothing (network file systems, too many watches), files are looked at. */
const POLL_MS = 2000

/** Calls back when one of a number of files has got another content. */
export class FileWatcher {
  readonly #onChange: () => void
  #files = new Map<string, string>()
  readonly #folders = new Map<string, FSWatcher>()
  #poll: NodeJS.Timeout | undefined
  #settle: NodeJS.Timeout | undefined

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /**
   * Watches these files from now on, and no others. Of those that were watched before, changes that
   * have not been reported yet will be.
   */
  watch(files: Iterable<string>): void {
    const before = this.#files
    this.#files = new Map([...files].map((file) => [file, before.get(file) ?? signatureOf(file)]))
    // Folders, not files: many editors put a new file in the place of the old one.
    const folders = new Set([...this.#files.keys()].map(dirname))
    for (const [folder, watcher] of this.#folders) {
      if (folders.has(folder)) continue
      watcher.close()
      this.#folders.delete(folder)
    }
    for (const folder of folders) if (!this.#folders.has(folder)) this.#open(folder)
    this.#poll ??= setInterval(() => this.#look(), POLL_MS).unref()
  }

  close(): void {
    clearInterval(this.#poll)
    clearTimeout(this.#settle)
    this.#poll = undefined
    for (const watcher of this.#folders.values()) watcher.close()
    this.#folders.clear()
    this.#files.clear()
  }

  #open(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => {
        clearTimeout(this.#settle)
        this.#settle = setTimeout(() => this.#look(), SETTLE_MS).unref()
      })
      watcher.on('error', () => watcher.close())
      this.#folders.set(folder, watcher)
    } catch {
      // ENOSPC, ENOENT: polling is all there is.
    }
  }

  #look(): void {
    let hasChanged = false
    for (const [file, before] of this.#files) {
      const now = signatureOf(file)
      // A file that is away for a moment is being replaced.
      if (now === before || now === ABSENT) continue
      this.#files.set(file, now)
      hasChanged = true
    }
    if (hasChanged) this.#onChange()
  }
}

const ABSENT = ''

function signatureOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false, bigint: true })
  return stat === undefined ? ABSENT : `${stat.ino} ${stat.size} ${stat.mtimeNs}`
}
