import type { JSX } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { FileEntry } from '../../../src/admin/gui/contract.ts'
import { newFile, newFolder, openFile, remove, rename } from '../state/file-actions.ts'
import { entries, folderOf, isTruncated, toggleFolder } from '../state/files.ts'
import { place } from '../state/place.ts'
import { session } from '../state/session.ts'
import { visibleEntries } from '../state/tree.ts'
import { Button } from '../ui/button.tsx'
import { TreeRow } from './tree-row.tsx'

/** The files of the root directory, with what can be done with them. */
export function FileTree(): JSX.Element {
  const [focused, setFocused] = useState<string | null>(null)
  const list = useRef<HTMLDivElement>(null)
  const rows = visibleEntries.value
  const isReadonly = session.value?.isReadonly === true
  const chosen = rows.find((one) => one.path === focused)
  const current = chosen?.path ?? `/${place.value.file}`
  const focusable = rows.some((one) => one.path === current) ? current : rows[0]?.path
  const isOnEntry = rows.some((one) => one.path === current)

  const folder = chosen?.type === 'directory' ? chosen.path : folderOf(current)
  const open = ({ path, type }: FileEntry): void => {
    if (type === 'directory') toggleFolder(path)
    else openFile(path)
  }
  const focus = (path: string | undefined): void => {
    const row = list.current?.querySelector(`[data-path="${CSS.escape(path ?? '')}"]`)
    if (row instanceof HTMLElement) row.focus()
  }
  const onKey = (event: KeyboardEvent): void => {
    const at = rows.findIndex((one) => one.path === focused)
    const entry = rows[at]
    if (entry === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const { path, type } = entry
    const isFolder = type === 'directory'
    const isExpanded = rows[at + 1]?.path.startsWith(`${path}/`) === true
    const actions: Readonly<Record<string, () => void>> = {
      ArrowDown: () => focus(rows[at + 1]?.path),
      ArrowUp: () => focus(rows[at - 1]?.path),
      Home: () => focus(rows[0]?.path),
      End: () => focus(rows.at(-1)?.path),
      ArrowRight: () => {
        if (isExpanded) focus(rows[at + 1]?.path)
        else if (isFolder) toggleFolder(path, true)
      },
      ArrowLeft: () => {
        if (isFolder && isExpanded) toggleFolder(path, false)
        else focus(folderOf(path))
      },
      Enter: () => open(entry),
      ' ': () => open(entry),
      ...(isReadonly ? {} : { F2: () => void rename(path), Delete: () => void remove(path) }),
    }
    const act = actions[event.key]
    if (act === undefined) return
    event.preventDefault()
    act()
  }
  return (
    <section class="panel" style={{ height: '100%' }} aria-label="Files">
      <div class="panel-head">
        <h2 class="grow path">{session.value?.rootName}</h2>
        {!isReadonly && (
          <>
            <Button
              label="New file"
              icon="newFile"
              look="bare"
              onClick={() => void newFile(folder)}
            />
            <Button
              label="New folder"
              icon="newFolder"
              look="bare"
              onClick={() => void newFolder(folder)}
            />
            <Button
              label="Rename"
              shortcut="F2"
              icon="pencil"
              look="bare"
              isDisabled={!isOnEntry}
              onClick={() => void rename(current)}
            />
            <Button
              label="Delete"
              shortcut="Del"
              icon="trash"
              look="bare"
              isDisabled={!isOnEntry}
              onClick={() => void remove(current)}
            />
          </>
        )}
      </div>
      <div class="panel-body">
        {entries.value?.length === 0 && <p class="placeholder">There are no files yet.</p>}
        <div class="tree" role="tree" aria-label="Files" ref={list} onKeyDown={onKey}>
          {rows.map((entry) => (
            <TreeRow
              key={entry.path}
              entry={entry}
              isFocusable={entry.path === focusable}
              onFocus={() => setFocused(entry.path)}
              onClick={() => open(entry)}
            />
          ))}
        </div>
        {isTruncated.value && (
          <p class="placeholder">There are more files than the {entries.value?.length} shown.</p>
        )}
      </div>
    </section>
  )
}
