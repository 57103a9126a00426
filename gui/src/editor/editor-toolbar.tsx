import type { JSX } from 'preact'
import { currentBuffer, isDirty, revertBuffer } from '../state/buffers.ts'
import { confirm } from '../state/dialog.ts'
import { runCurrent, saveCurrent } from '../state/file-actions.ts'
import { kindOf } from '../state/files.ts'
import { attempt } from '../state/notices.ts'
import { isBusy } from '../state/program.ts'
import { session } from '../state/session.ts'
import { Button } from '../ui/button.tsx'

/** What can be done with the open file. */
export function EditorToolbar(): JSX.Element {
  const buffer = currentBuffer.value
  const isReadonly = session.value?.isReadonly === true
  const hasChanges = buffer !== undefined && isDirty(buffer)
  const revert = async (path: string): Promise<void> => {
    const text = `What was typed into ${path} since it was saved will be gone.`
    if (await confirm('Discard changes?', text, 'Discard')) await attempt(() => revertBuffer(path))
  }
  return (
    <div class="panel-head" role="toolbar" aria-label="File">
      <span class="path">{buffer?.path ?? 'No file is open'}</span>
      {hasChanges && <span class="dirty-dot" role="img" aria-label="not saved" title="Not saved" />}
      <span class="grow" />
      {buffer !== undefined && !isReadonly && (
        <>
          {hasChanges && <Button label="Discard" onClick={() => void revert(buffer.path)} />}
          <Button
            label="Save"
            icon="save"
            shortcut="Ctrl-S"
            isDisabled={!hasChanges}
            onClick={() => void saveCurrent()}
          />
          <Button
            label="Run"
            icon="play"
            look="primary"
            shortcut="Ctrl-Enter"
            isDisabled={isBusy.value || kindOf(buffer.path) === 'other'}
            onClick={() => void runCurrent()}
          />
        </>
      )}
    </div>
  )
}
