/** A value that outlives the page. */
export interface Remembered<T> {
  read(): T
  write(value: T): void
}

const PREFIX = 'sluice.'

/** A value in the browser's own storage, as JSON. Where that is full or forbidden it is forgotten. */
export function remembered<T>(name: string, otherwise: T): Remembered<T> {
  return { read: () => read(name, otherwise), write: (value) => write(name, value) }
}

export function read<T>(name: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(`${PREFIX}${name}`)
    // Only this file writes under these names.
    return text === null ? otherwise : (JSON.parse(text) as T)
  } catch {
    return otherwise
  }
}

export function write(name: string, value: unknown): void {
  try {
    localStorage.setItem(`${PREFIX}${name}`, JSON.stringify(value))
  } catch {
    // The page works without.
  }
}

export function forget(name: string): void {
  try {
    localStorage.removeItem(`${PREFIX}${name}`)
  } catch {
    // Then nothing was kept.
  }
}

/** The names of values that begin so. */
export function namesBelow(begin: string): string[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(`${PREFIX}${begin}`))
      .map((key) => key.slice(PREFIX.length))
  } catch {
    return []
  }
}
