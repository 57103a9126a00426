import type { EndpointConnections } from './endpoint-connections.ts'

/**
 * Calls those on this thread who want to know of changes that other threads tell. There is one for each
 * memory, so that what is over and wants nothing more is not kept by a promise that is still open.
 */
class ChangeWatch {
  readonly #listeners = new Set<() => void>()
  #isArmed = false

  add(connections: EndpointConnections, listener: () => void): void {
    this.#listeners.add(listener)
    this.#arm(connections)
  }

  delete(listener: () => void): void {
    this.#listeners.delete(listener)
  }

  #arm(connections: EndpointConnections): void {
    if (this.#isArmed) return
    this.#isArmed = true
    void connections.changed().then(() => {
      this.#isArmed = false
      // Before it is looked what has changed: what changes meanwhile is another change.
      if (this.#listeners.size > 0) this.#arm(connections)
      for (const listener of [...this.#listeners]) listener()
    })
  }
}

const watches = new WeakMap<ArrayBufferLike, ChangeWatch>()

/** The watch of this thread over a memory that threads share. */
export function changesOf({ memory }: EndpointConnections): ChangeWatch {
  const known = watches.get(memory)
  if (known !== undefined) return known
  const watch = new ChangeWatch()
  watches.set(memory, watch)
  return watch
}
