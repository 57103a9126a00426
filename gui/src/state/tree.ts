import { computed } from '@preact/signals'
import type { FileEntry } from '../../../src/admin/gui/contract.ts'
import { dirtyPaths } from './buffers.ts'
import { entries, foldersAround, openFolders } from './files.ts'

const known = computed(() => new Set(entries.value?.map(({ path }) => path)))

/** Files with changes that are not saved and that somebody has deleted; a text, which stays the same as one types. */
const gone = computed(() => {
  if (entries.value === null) return ''
  return [...dirtyPaths.value].filter((path) => !known.value.has(path)).join('\n')
})

/** What there is, and what is gone but for changes that are not saved. */
const all = computed<readonly FileEntry[]>(() => {
  const listed = entries.value ?? []
  if (gone.value === '') return listed
  const paths = gone.value.split('\n')
  const folders = new Set(paths.flatMap(foldersAround).filter((path) => !known.value.has(path)))
  const more: FileEntry[] = [
    ...[...folders].map((path) => ({ path, type: 'directory' as const })),
    ...paths.map((path) => {
      return { path, type: 'file' as const, kind: 'other' as const, size: 0, modified: 0 }
    }),
  ]
  return [...listed, ...more].sort((one, other) => compare(one.path, other.path))
})

/** What the tree shows. */
export const visibleEntries = computed(() =>
  all.value.filter(({ path }) => {
    return foldersAround(path).every((folder) => openFolders.value.has(folder))
  }),
)

/** Folders come before what is in them, and names are sorted, as the server does it. */
function compare(one: string, other: string): number {
  const [names, others] = [one.split('/'), other.split('/')]
  const at = names.findIndex((name, index) => name !== others[index])
  if (at < 0) return names.length - others.length
  const [name = '', against] = [names[at], others[at]]
  return against === undefined || name > against ? 1 : -1
}
