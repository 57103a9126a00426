import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { FileWatcher } from '../../../src/orchestrator/file-watcher.ts'
import { temporaryScript } from '../../support/temporary-script.ts'

class Rig {
  readonly file: string
  readonly watcher: FileWatcher
  changes = 0
  readonly #events = new EventEmitter()

  constructor(context: TestContext) {
    this.file = temporaryScript(context, 'one')
    this.watcher = new FileWatcher(() => {
      this.changes++
      this.#events.emit('change')
    })
    this.watcher.watch([this.file])
    context.after(() => this.watcher.close())
  }

  /** Does something and waits for what the watcher says to it. */
  async changeBy(action: () => void): Promise<void> {
    const heard = once(this.#events, 'change', { signal: AbortSignal.timeout(5000) })
    // The watcher itself keeps no process alive.
    const timer = setInterval(() => {}, 100)
    action()
    await heard
    clearInterval(timer)
  }
}

test('sees a file that is written', async (context) => {
  const rig = new Rig(context)
  await rig.changeBy(() => writeFileSync(rig.file, 'two'))
  assert.equal(rig.changes, 1)
})

test('sees a file that another takes the place of', async (context) => {
  const rig = new Rig(context)
  const other = join(dirname(rig.file), 'other')
  writeFileSync(other, 'two')
  await rig.changeBy(() => renameSync(other, rig.file))
})

test('sees a file that went and came back, and one that was not there at first', async (context) => {
  const rig = new Rig(context)
  rmSync(rig.file)
  await rig.changeBy(() => writeFileSync(rig.file, 'three'))
  const later = join(dirname(rig.file), 'later.js')
  rig.watcher.watch([rig.file, later])
  await rig.changeBy(() => writeFileSync(later, 'new'))
})

test('takes no notice of other files', async (context) => {
  const rig = new Rig(context)
  writeFileSync(join(dirname(rig.file), 'notes.txt'), 'x')
  await rig.changeBy(() => writeFileSync(rig.file, 'two'))
  assert.equal(rig.changes, 1)
})

test('a change that was not reported yet is not forgotten with a new list', async (context) => {
  const rig = new Rig(context)
  await rig.changeBy(() => {
    writeFileSync(rig.file, 'changed')
    rig.watcher.watch([rig.file])
  })
})
