import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { FileStore } from '../../../../src/admin/gui/file-store.ts'
import { replaceFile } from '../../../../src/admin/gui/replace-file.ts'

const SIZE = 4 << 20
const ROUNDS = 5
const MODULE = new URL('../../../../src/admin/gui/replace-file.js', import.meta.url)
/** Saves a long text of one letter after the other, until it is killed. */
const SAVER = `
import { statSync } from 'node:fs'
import { replaceFile } from '${MODULE}'
const file = process.argv[1]
for (let turn = 0; ; turn++) {
  await replaceFile(file, Buffer.alloc(${SIZE}, 97 + turn % 26), statSync(file))
  process.stdout.write('.')
}
`

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-replace-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function assertWhole(file: string): void {
  const bytes = readFileSync(file)
  assert.ok(bytes.equals(Buffer.alloc(SIZE, bytes[0])), `a part of it: ${bytes.length} bytes`)
}

test('whoever reads a file while it is saved, or after a crash, finds it whole', async (context) => {
  const folder = temporaryFolder(context)
  const file = join(folder, 'main.js')
  writeFileSync(file, Buffer.alloc(SIZE, 97))
  for (let round = 0; round < ROUNDS; round++) {
    const args = ['--input-type=module', '-e', SAVER, file]
    const saver = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    context.after(() => saver.kill('SIGKILL'))
    // Each time it is killed at another point of what it does.
    for (let turn = 0; turn <= round; turn++) {
      await once(saver.stdout, 'data')
      assertWhole(file)
    }
    const exit = once(saver, 'exit')
    saver.kill('SIGKILL')
    await exit
    assertWhole(file)
  }
  // What a crash has left is no file of the user's, and is in nobody's way.
  const store = new FileStore(folder)
  assert.deepEqual(
    (await store.list()).entries.map(({ path }) => path),
    ['/main.js'],
  )
  await store.write('/main.js', Buffer.from('after'))
  assert.equal(readFileSync(file, 'utf8'), 'after')
})

test('what cannot take the place of a file leaves nothing behind', async (context) => {
  const folder = temporaryFolder(context)
  mkdirSync(join(folder, 'main.js'))
  await assert.rejects(replaceFile(join(folder, 'main.js'), Buffer.from('x'), undefined), {
    code: 'EISDIR',
  })
  assert.deepEqual(readdirSync(folder), ['main.js'])
})
