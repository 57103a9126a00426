import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { LineBuffer } from '../../../../src/observability/access-log/line-buffer.ts'
import { LineFile } from '../../../../src/observability/access-log/line-file.ts'

interface Opened {
  readonly file: { write(lines: string): void; reopen(): void; finish(): Promise<void> }
  readonly path: string
  dropped(): number
  readonly problems: string[]
}

function openFile(context: TestContext, path = join(folderOf(context), 'access.log')): Opened {
  const problems: string[] = []
  let lost = 0
  const file = new LineFile(path, {
    dropped: (lines) => {
      lost += lines
    },
    changed: (problem) => problems.push(problem),
    reopened: (problem) => problems.push(`reopened ${problem}`),
  })
  const buffer = new LineBuffer(file, 'text')
  return {
    file: {
      write: (lines) => {
        buffer.out.plain(lines)
        buffer.lineEnded()
      },
      reopen: () => {
        buffer.flush()
        file.reopen()
      },
      finish: () => {
        buffer.flush()
        return file.finish()
      },
    },
    path,
    dropped: () => lost,
    problems,
  }
}

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-log-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `line ${from + i} ${'x'.repeat(i % 90)}`)
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'latin1').split('\n').slice(0, -1)
}

test('lines arrive in order, however many there are', async (context) => {
  const { file, path, dropped } = openFile(context)
  const lines = numbered(0, 20_000)
  for (const line of lines) file.write(`${line}\n`)
  await file.finish()
  assert.deepEqual(linesOf(path), lines)
  assert.equal(dropped(), 0)
})

test('lines arrive without anybody asking for it', async (context) => {
  const { file, path } = openFile(context)
  file.write('alone\n')
  while (readFileSync(path, 'latin1') === '') await new Promise((done) => setTimeout(done, 20))
  assert.equal(readFileSync(path, 'latin1'), 'alone\n')
})

test('characters are bytes', async (context) => {
  const { file, path } = openFile(context)
  file.write('\xe9\xff\n')
  await file.finish()
  assert.deepEqual([...readFileSync(path)], [0xe9, 0xff, 0x0a])
})

test('no line is lost when the file is moved away and opened again', async (context) => {
  const { file, path, dropped } = openFile(context)
  const lines = numbered(0, 30_000)
  for (const [index, line] of lines.entries()) {
    file.write(`${line}\n`)
    if (index % 10_000 !== 5000) continue
    renameSync(path, `${path}.${index}`)
    file.reopen()
    // The name is free for the next round as soon as the file has been opened.
    while (!existsSync(path)) await new Promise((resolve) => setImmediate(resolve))
  }
  await file.finish()
  const files = ['.5000', '.15000', '.25000', ''].map((ending) => `${path}${ending}`)
  assert.deepEqual(files.flatMap(linesOf), lines)
  assert.equal(dropped(), 0)
})

test('a full disk costs lines, which are counted, and is told once', async (context) => {
  const { file, dropped, problems } = openFile(context, '/dev/full')
  for (const line of numbered(0, 5000)) file.write(`${line}\n`)
  await file.finish()
  assert.equal(dropped(), 5000)
  assert.deepEqual(problems, ['ENOSPC'])
})

test('a pipe that nobody empties holds nobody up', async (context) => {
  const path = join(folderOf(context), 'pipe')
  execFileSync('mkfifo', [path])
  // Opens the pipe and does not read.
  const reader = spawn('sh', ['-c', 'exec 3< "$0"; echo open; exec sleep 600', path])
  context.after(() => reader.kill('SIGKILL'))
  const opening = once(reader.stdout, 'data')
  const opened = await untilOpen(context, path)
  await opening
  const lines = numbered(0, 200_000)
  for (const line of lines) opened.file.write(`${line}\n`)
  await opened.file.finish()
  // 64 KB are in the pipe, all the others are dropped: 4 MB waited for it.
  assert.ok(opened.dropped() > 190_000, `${opened.dropped()}`)
  assert.ok(opened.dropped() < 200_000, `${opened.dropped()}`)
})

test('a pipe that is read slowly gets whole lines', async (context) => {
  const path = join(folderOf(context), 'pipe')
  execFileSync('mkfifo', [path])
  const reader = spawn('cat', [path])
  context.after(() => reader.kill('SIGKILL'))
  let output = ''
  reader.stdout.on('data', (data) => {
    output += data
  })
  const opened = await untilOpen(context, path)
  const lines = numbered(0, 20_000)
  for (const [index, line] of lines.entries()) {
    opened.file.write(`${line}\n`)
    if (index % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  }
  const last = lines.at(-1) as string
  while (!output.endsWith(`${last}\n`)) await once(reader.stdout, 'data')
  assert.deepEqual(output.split('\n').slice(0, -1), lines)
  assert.equal(opened.dropped(), 0)
})

/** A pipe can only be opened once its reader is there, which starts at its own pace. */
async function untilOpen(context: TestContext, path: string): Promise<Opened> {
  for (;;) {
    try {
      return openFile(context, path)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}
