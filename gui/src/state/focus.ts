import { signal } from '@preact/signals'

/** The file whose text the user has asked to type in; null as soon as that is so. */
export const focusWanted = signal<string | null>(null)
