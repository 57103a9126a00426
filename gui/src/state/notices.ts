import { signal } from '@preact/signals'

/** Something that the user should know now. */
export interface Notice {
  readonly id: number
  readonly kind: 'good' | 'bad'
  readonly text: string
}

const SHOWN_MS = { good: 3000, bad: 9000 }

export const notices = signal<readonly Notice[]>([])

let lastId = 0

export function notify(kind: Notice['kind'], text: string): void {
  lastId += 1
  const id = lastId
  notices.value = [...notices.value, { id, kind, text }]
  setTimeout(() => dismiss(id), SHOWN_MS[kind])
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((one) => one.id !== id)
}

/** Does something for the user, and says so if it fails. Whether it worked. */
export async function attempt(action: () => Promise<void>): Promise<boolean> {
  try {
    await action()
    return true
  } catch (error) {
    notify('bad', error instanceof Error ? error.message : String(error))
    return false
  }
}
