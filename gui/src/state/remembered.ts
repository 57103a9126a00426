/** A value that outlives the page. */
export interface Remembered<T> {
  read(): T
  write(value: T): void
}

const PREFIX = 'sluice.'

/** A value in the browser's own storage, as JSON. Where that is full or forbidden it is forgotten. */
export function remembered<T>(name: string, otherwise: T): Remembered<T> {
  const key = `${PREFIX}${name}`
  return {
    read: () => {
      try {
        const text = localStorage.getItem(key)
        // Only this function writes under these names.
        return text === null ? otherwise : (JSON.parse(text) as T)
      } catch {
        return otherwise
      }
    },
    write: (value) => {
      try {
        localStorage.setItem(key, JSON.stringify(value))
      } catch {
        // The page works without.
      }
    },
  }
}
