import { signal } from '@preact/signals'
import type { SourceRange } from '../../../src/admin/gui/contract.ts'
import { openFile } from './file-actions.ts'

/** A place in a file that the editor should show. */
export interface Jump {
  readonly path: string
  readonly range: SourceRange
}

export const jump = signal<Jump | null>(null)

/** Shows a place in the editor. */
export function showPlace(path: string, range: SourceRange): void {
  jump.value = { path, range }
  openFile(path)
}
