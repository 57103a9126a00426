import type { JSX } from 'preact'
import type { FileEntry } from '../../../src/admin/gui/contract.ts'
import { dirtyPaths } from '../state/buffers.ts'
import { nameOf, openFolders } from '../state/files.ts'
import { place } from '../state/place.ts'
import { runningPath } from '../state/program.ts'
import { Icon } from '../ui/icon.tsx'

const INDENT_PIXELS = 14

export interface TreeRowProps {
  readonly entry: FileEntry
  /** Tab leads here. */
  readonly isFocusable: boolean
  readonly onFocus: () => void
  readonly onClick: () => void
}

/** A file or folder in the tree: what runs and what is not saved can be seen. */
export function TreeRow({ entry, isFocusable, onFocus, onClick }: TreeRowProps): JSX.Element {
  const { path, type } = entry
  const depth = path.split('/').length - 1
  const isFolder = type === 'directory'
  const isExpanded = isFolder && openFolders.value.has(path)
  const isOpen = `/${place.value.file}` === path
  const isRunning = runningPath.value === path
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
    <div
      class={`tree-row ${isOpen ? 'is-open' : ''} ${isRunning ? 'is-running' : ''}`}
      style={{ paddingLeft: `${depth * INDENT_PIXELS - 6}px` }}
      role="treeitem"
      tabIndex={isFocusable ? 0 : -1}
      aria-level={depth}
      aria-selected={isOpen}
      {...(isFolder ? { 'aria-expanded': isExpanded } : {})}
      data-path={path}
      title={path}
      onFocus={onFocus}
      onClick={onClick}
    >
      {isFolder ? (
        <span class={isExpanded ? 'turned' : ''} style={{ display: 'flex' }}>
          <Icon name="chevron" />
        </span>
      ) : (
        <Icon name="file" />
      )}
      <span class="tree-name grow">{nameOf(path)}</span>
      {dirtyPaths.value.has(path) && (
        <span class="dirty-dot" role="img" aria-label="not saved" title="Not saved" />
      )}
      {isRunning && <span class="sr-only">running</span>}
    </div>
  )
}
