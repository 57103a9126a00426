import assert from 'node:assert/strict'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { FileStore } from '../../../../src/admin/gui/file-store.ts'

function temporaryFolder(context: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-store-')))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function storeIn(context: TestContext): { store: FileStore; root: string } {
  const root = temporaryFolder(context)
  return { store: new FileStore(root), root }
}

/** What came of it: the text of a file, its tag, or the word of the error. */
async function outcome(action: Promise<unknown>): Promise<unknown> {
  try {
    return await action
  } catch (error) {
    return error instanceof Error && 'error' in error ? error.error : error
  }
}

const save = (store: FileStore, path: string, text: string, tag?: string): Promise<string> =>
  store.write(path, Buffer.from(text), tag === undefined ? {} : { match: [tag] })

test('a saved file keeps its mode, and nothing else is left in its folder', async (context) => {
  const { store, root } = storeIn(context)
  writeFileSync(join(root, 'run.js'), 'one')
  chmodSync(join(root, 'run.js'), 0o750)
  const tag = await save(store, '/run.js', 'two')
  assert.equal(readFileSync(join(root, 'run.js'), 'utf8'), 'two')
  assert.equal(statSync(join(root, 'run.js')).mode & 0o7777, 0o750)
  assert.equal((await store.read('/run.js')).tag, tag)
  assert.deepEqual(readdirSync(root), ['run.js'])
})

test('a new file has the mode that any program would give it', async (context) => {
  const { store, root } = storeIn(context)
  await save(store, '/new.js', 'text')
  writeFileSync(join(root, 'other.js'), 'text')
  assert.equal(statSync(join(root, 'new.js')).mode, statSync(join(root, 'other.js')).mode)
})

test('a link inside the root stays one: what it leads to is written', async (context) => {
  const { store, root } = storeIn(context)
  mkdirSync(join(root, 'real'))
  writeFileSync(join(root, 'real/main.js'), 'one')
  symlinkSync('real/main.js', join(root, 'link.js'))
  await save(store, '/link.js', 'two')
  assert.equal(readlinkSync(join(root, 'link.js')), 'real/main.js')
  assert.equal(readFileSync(join(root, 'real/main.js'), 'utf8'), 'two')
  assert.deepEqual(readdirSync(join(root, 'real')), ['main.js'])
})

test('nothing is written where a link leads out of the root', async (context) => {
  const { store, root } = storeIn(context)
  const outside = temporaryFolder(context)
  writeFileSync(join(outside, 'file'), 'untouched')
  symlinkSync(join(outside, 'file'), join(root, 'link'))
  symlinkSync(join(outside, 'none'), join(root, 'dangling'))
  symlinkSync(outside, join(root, 'folder'))
  for (const path of ['/link', '/dangling', '/folder/file', '/folder/new', '/../x', '/.hidden'])
    assert.equal(await outcome(save(store, path, 'overwritten')), 'not_found', path)
  assert.deepEqual(readdirSync(outside), ['file'])
  assert.equal(readFileSync(join(outside, 'file'), 'utf8'), 'untouched')
})

test('what a folder has become is looked at when its turn comes', async (context) => {
  const { store, root } = storeIn(context)
  const outside = temporaryFolder(context)
  mkdirSync(join(root, 'folder'))
  const first = save(store, '/folder/a.js', 'inside')
  const second = first.then(() => {
    renameSync(join(root, 'folder'), join(root, 'was'))
    symlinkSync(outside, join(root, 'folder'))
    return outcome(save(store, '/folder/a.js', 'outside'))
  })
  assert.equal(await second, 'not_found')
  assert.deepEqual(readdirSync(outside), [])
})

test('with a tag, only the file of that tag is overwritten', async (context) => {
  const { store, root } = storeIn(context)
  const tag = await save(store, '/a.js', 'one')
  writeFileSync(join(root, 'a.js'), 'by somebody else')
  assert.equal(await outcome(save(store, '/a.js', 'two', tag)), 'changed')
  rmSync(join(root, 'a.js'))
  assert.equal(await outcome(save(store, '/a.js', 'two', tag)), 'changed')
  assert.deepEqual(readdirSync(root), [])
})

test('a new file takes the place of none', async (context) => {
  const { store, root } = storeIn(context)
  const create = (path: string): Promise<unknown> =>
    outcome(store.write(path, Buffer.from('new'), { noneMatch: '*' }))
  writeFileSync(join(root, 'a.js'), 'there')
  assert.equal(await create('/a.js'), 'exists')
  assert.equal(readFileSync(join(root, 'a.js'), 'utf8'), 'there')
  await create('/b.js')
  assert.equal(readFileSync(join(root, 'b.js'), 'utf8'), 'new')
})

test('a folder with something that is not shown is not removed', async (context) => {
  const { store, root } = storeIn(context)
  mkdirSync(join(root, 'folder/deep/.git'), { recursive: true })
  const failure = store.remove('/folder', true)
  await assert.rejects(failure, /^Error: there is deep\/\.git in \/folder, which is not shown here/)
  rmSync(join(root, 'folder/deep/.git'), { recursive: true })
  await store.remove('/folder', true)
  assert.deepEqual(readdirSync(root), [])
})

test('a list that is not of all files says so', async (context) => {
  const { store, root } = storeIn(context)
  for (let folder = 0; folder < 100; folder++) {
    mkdirSync(join(root, `${folder}`))
    for (let file = 0; file < 99; file++) writeFileSync(join(root, `${folder}/${file}`), '')
  }
  mkdirSync(join(root, 'node_modules'))
  const all = await store.list()
  assert.deepEqual([all.entries.length, all.isTruncated], [10_000, false])
  writeFileSync(join(root, '0/one-more'), '')
  const some = await store.list()
  assert.deepEqual([some.entries.length, some.isTruncated], [10_000, true])
})

test('of those who save the same version at once, one does', async (context) => {
  const { store, root } = storeIn(context)
  writeFileSync(join(root, 'a.js'), 'zero')
  symlinkSync('a.js', join(root, 'link.js'))
  const { tag } = await store.read('/a.js')
  const texts = Array.from({ length: 8 }, (_, index) => `text ${index}`)
  const outcomes = await Promise.all(
    texts.map((text, index) =>
      outcome(save(store, index % 2 === 0 ? '/a.js' : '/link.js', text, tag)),
    ),
  )
  const refused = outcomes.filter((one) => one === 'changed')
  assert.equal(refused.length, texts.length - 1, String(outcomes))
  const winner = outcomes.findIndex((one) => one !== 'changed')
  assert.equal(readFileSync(join(root, 'a.js'), 'utf8'), texts[winner])
})

test('changes take place in the order of the requests, each on what the one before left', async (context) => {
  const { store, root } = storeIn(context)
  const outcomes = await Promise.all([
    outcome(save(store, '/a.js', 'one')),
    outcome(store.move('/a.js', '/b.js')),
    outcome(store.makeFolder('/a.js')),
    outcome(store.move('/b.js', '/a.js/c.js')),
    outcome(store.remove('/a.js', false)),
    outcome(store.move('/none', '/d.js')),
    outcome(save(store, '/a.js', 'a folder')),
  ])
  const words = outcomes.slice(1)
  assert.deepEqual(words, [undefined, undefined, undefined, 'not_empty', 'not_found', 'not_found'])
  assert.equal(readFileSync(join(root, 'a.js/c.js'), 'utf8'), 'one')
})

test('a move replaces nothing and leads nowhere else', async (context) => {
  const { store, root } = storeIn(context)
  const outside = temporaryFolder(context)
  symlinkSync(outside, join(root, 'folder'))
  writeFileSync(join(root, 'a.js'), 'a')
  writeFileSync(join(root, 'b.js'), 'b')
  assert.equal(await outcome(store.move('/a.js', '/b.js')), 'exists')
  assert.equal(await outcome(store.move('/a.js', '/folder/a.js')), 'not_found')
  assert.equal(readFileSync(join(root, 'b.js'), 'utf8'), 'b')
  await store.move('/folder', '/renamed')
  assert.ok(lstatSync(join(root, 'renamed')).isSymbolicLink())
})

test('a file that is read-only is not replaced', { skip: isRoot() }, async (context) => {
  const { store, root } = storeIn(context)
  writeFileSync(join(root, 'a.js'), 'one')
  chmodSync(join(root, 'a.js'), 0o444)
  assert.equal(await outcome(save(store, '/a.js', 'two')), 'not_allowed')
  assert.equal(readFileSync(join(root, 'a.js'), 'utf8'), 'one')
})

test('a name that is too long is refused in words', async (context) => {
  const { store } = storeIn(context)
  assert.equal(await outcome(save(store, `/${'a'.repeat(300)}`, '')), 'too_long')
  const longest = `/${'a'.repeat(255)}`
  await save(store, longest, 'text')
  assert.equal((await store.read(longest)).bytes.toString(), 'text')
})

function isRoot(): string | false {
  return process.getuid?.() === 0 && 'root may write everything'
}
