import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { readPemFiles } from '../../../src/config/pem-files.ts'
import type { Config } from '../../../src/config/schema/config.ts'

function temporaryFolder(context: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-pem-')))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** What is wrong with an upstream that trusts a file. */
function problems(ca: string, folder: string, root?: string): string[] {
  const upstream = { endpoints: [{ address: '127.0.0.1:1' }], tls: { verify: true, ca } }
  const config = { listeners: [], upstreams: { app: upstream } } as unknown as Config
  return readPemFiles(config, folder, root).problems.map(({ message }) => message)
}

test('what is no file is not read, and neither is what is too large', (context) => {
  const folder = temporaryFolder(context)
  execFileSync('mkfifo', [join(folder, 'pipe')])
  writeFileSync(join(folder, 'large'), Buffer.alloc((1 << 20) + 1, 'x'))
  const reasonOf = (name: string): string => problems(name, folder)[0]?.split(': ')[1] ?? ''
  const noFile = 'it is no file but a pipe, a socket or a device'
  assert.equal(reasonOf('pipe'), noFile)
  assert.equal(reasonOf('/dev/zero'), noFile)
  assert.equal(reasonOf('large'), 'it is larger than 1 MB, too large for PEM')
  assert.equal(reasonOf('.'), 'it is a folder')
  assert.equal(reasonOf('none'), 'there is no such file')
})

test('within a root nothing is told of what lies elsewhere, whatever leads there', (context) => {
  const [root, outside] = [temporaryFolder(context), temporaryFolder(context)]
  mkdirSync(join(outside, 'folder'))
  writeFileSync(join(outside, 'there'), 'no certificate')
  symlinkSync(outside, join(root, 'link'))
  symlinkSync(join(outside, 'there'), join(root, 'there'))
  for (const name of ['there', 'link/there', 'link/none', 'link/none/none', 'link/folder'])
    assert.deepEqual(problems(name, root, root), [], name)
  for (const name of [join(outside, 'there'), join(outside, 'none'), '/', '..'])
    assert.deepEqual(problems(name, root, root), [], name)
  assert.match(problems('none', root, root)[0] ?? '', /there is no such file/)
})
