import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { sanitizerEnvironment } from '../../support/sanitized.ts'
import { type SluiceProcess, startSluice } from '../../support/sluice-process.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { connectRaw, exchange } from '../support/byte-stream.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'

/*
 * What a test cannot bring about without taking it from the whole machine: the system's table of
 * files is full, the kernel has no memory. A library between Sluice and libc answers as the kernel
 * would; EMFILE, which one process can have alone, is real in descriptor-exhaustion.test.ts.
 */

const { ENFILE, ENOMEM, ENOBUFS } = constants.errno
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const SHORTAGES = [
  [ENFILE, 'ENFILE'],
  [ENOMEM, 'ENOMEM'],
  [ENOBUFS, 'ENOBUFS'],
] as const

interface Rig {
  sluice: SluiceProcess
  port: number
  /** Lets a system call fail from now on, or none. */
  shorten(call: 'accept4' | 'socket' | '', errno?: number): void
}

async function start(context: TestContext): Promise<Rig> {
  const folder = temporaryFolder(context)
  const library = join(folder, 'short-kernel.so')
  const source = 'test/integration/faults/support/short-kernel.cc'
  execFileSync('g++', ['-std=c++20', '-shared', '-fPIC', '-O1', source, '-o', library])
  const upstream = await startRawServer(
    context,
    answering(() => response('ok', 'Connection: close')),
  )
  const shortage = join(folder, 'shortage')
  // The runtime of a sanitizer has to come first.
  const preload = [sanitizerEnvironment()['LD_PRELOAD'], library].filter(Boolean).join(':')
  const sluice = startSluice(
    context,
    ['lb', '--listen', '127.0.0.1:0', '--to', upstream.address, '--workers', '1'],
    { LD_PRELOAD: preload, SHORTAGE_FILE: shortage },
  )
  const [port = 0] = await sluice.ports()
  return {
    sluice,
    port,
    shorten: (call, errno = 0) => {
      if (call === '') rmSync(shortage)
      else writeFileSync(shortage, `${call} ${errno}\n`)
    },
  }
}

for (const [errno, name] of SHORTAGES) {
  test(`accept fails with ${name}: those who have come are served, others wait`, async (context) => {
    const { sluice, port, shorten } = await start(context)
    const early = await connectRaw(context, port)
    assert.equal((await early.write(GET).message()).body, 'ok')
    shorten('accept4', errno)
    const late = await connectRaw(context, port)
    late.write(GET)
    await sluice.line(new RegExp(`New connections wait or fail with 503: .*${name}`))
    assert.equal((await early.write(GET).message()).body, 'ok')
    assert.equal(late.untaken, '')
    shorten('')
    assert.equal((await late.message()).body, 'ok')
    await sluice.line(/\[resources\] There is enough again/)
    sluice.signal('SIGTSTP')
    await sluice.line(/^acceptErrors +[1-9]/m)
    assert.doesNotMatch(sluice.stdout, /died/)
  })

  test(`connecting fails with ${name}: 503, and others are served afterwards`, async (context) => {
    const { sluice, port, shorten } = await start(context)
    shorten('socket', errno)
    assert.equal((await exchange(context, port, GET)).status, 503)
    shorten('')
    assert.equal((await exchange(context, port, GET)).status, 200)
    assert.doesNotMatch(sluice.stdout, /died/)
  })
}
