import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { type Event, SessionEnd } from '../../../src/engine/event.ts'
import { TestProgram, type TestSession } from './support/run.ts'

/** Opens a session of `exec(command)` whose every output wakes `until`. */
function open(command: string | string[] | (() => string | string[])): {
  program: TestProgram
  session: TestSession
  until: (isTrue: () => boolean) => Promise<void>
} {
  let wake = (): void => {}
  const program = new TestProgram((p) => p.exec(command).onData(notice).onSessionEnd(notice))
  const session = program.open()
  function notice(_event: Event): void {
    setImmediate(() => wake())
  }
  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return { program, session, until }
}

/** Descriptors that whoever started this process left open: they are not ours to close. */
const INHERITED = readdirSync('/proc/self/fd').filter(isInheritable)

const hasEnded = (session: TestSession) => (): boolean =>
  session.output.some((line) => line.startsWith('SessionEnd'))

describe('exec', () => {
  test('input goes to the process, its output comes out, its exit is the end', async () => {
    const { session, until } = open('cat -')
    session.feed('hello', new SessionEnd())
    await until(hasEnded(session))
    assert.equal(session.text(), 'hello')
    assert.equal(session.output.at(-1), 'SessionEnd')
  })

  const commands: [what: string, command: string | string[] | (() => string | string[])][] = [
    ['a list, whose words may contain spaces', ['sh', '-c', 'printf "%s" "a b"']],
    ['a function', () => ['printf', 'a b']],
    ['a text with several spaces', 'echo  -n  a\u00a0b'],
  ]
  for (const [what, command] of commands) {
    test(`the command is ${what}`, async () => {
      const { session, until } = open(command)
      session.feed('go')
      await until(hasEnded(session))
      assert.equal(session.text().replace('\u00a0', ' '), 'a b')
    })
  }

  test('starts with the first event that is not the end', () => {
    const { session } = open(() => assert.fail('must not start'))
    session.feed(new SessionEnd())
    assert.deepEqual(session.output, [])
  })

  test('inherits no descriptors but the three', async () => {
    const { session, until } = open(['sh', '-c', 'cd /proc/self/fd; echo *'])
    session.feed('go')
    await until(hasEnded(session))
    const theirs = session.text().trim().split(' ')
    const leaked = theirs.filter((fd) => Number(fd) > 2 && !INHERITED.includes(fd))
    // One is what the shell itself reads the list from.
    assert.ok(leaked.length <= 1, leaked.join(' '))
  })

  test('a process that does not read is no harm', async () => {
    const { session, until } = open('true')
    session.feed('go')
    await until(hasEnded(session))
    session.feed(new Data(1024 * 1024))
    assert.deepEqual(session.output, ['SessionEnd'])
    const slow = open(['sh', '-c', 'exec 0<&-; sleep 0.1'])
    slow.session.feed(new Data(1024 * 1024))
    await slow.until(hasEnded(slow.session))
    assert.equal(slow.session.pauses, 0)
  })

  test('a process that reads slowly holds up the source', async () => {
    const { session, until } = open(['sh', '-c', 'sleep 0.1; wc -c'])
    session.feed(new Data(1024 * 1024))
    assert.equal(session.pauses, 1)
    session.feed(new SessionEnd())
    await until(hasEnded(session))
    assert.equal(session.text().trim(), '1048576')
    assert.equal(session.pauses, 0)
  })

  test('a full sink holds up the process, and loses nothing at its exit', async () => {
    const { session, until } = open(['sh', '-c', 'echo done'])
    session.session.pauseOutput()
    session.feed('go')
    await new Promise((resolve) => setTimeout(resolve, 200))
    assert.deepEqual(session.output, [])
    session.session.resumeOutput()
    await until(hasEnded(session))
    assert.equal(session.text(), 'done\n')
  })

  test('a session that ends takes its process along', async () => {
    const { session, until } = open(['sh', '-c', 'echo $$; exec sleep 60'])
    session.feed('go')
    await until(() => session.text() !== '')
    const pid = Number(session.text())
    session.free()
    while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 10))
    assert.ok(!hasEnded(session)(), 'nothing is put out for it')
  })

  test('what cannot be run is logged and ends the session', async () => {
    const { program, session, until } = open('/no/such/program')
    session.feed('go')
    await until(hasEnded(session))
    assert.match(program.log[0] ?? '', /^error \[exec\] cannot run \/no\/such\/program: .*ENOENT/)
    assert.deepEqual(session.output, ['SessionEnd'])
  })

  test('an empty command is logged', () => {
    const { program, session } = open('')
    session.feed('go', 'on')
    assert.deepEqual(program.log, ['error [exec] command is empty'])
  })

  test('a function that throws ends the session', () => {
    const { session } = open(() => {
      throw new Error('oops')
    })
    assert.deepEqual(session.feed('go').output, ['SessionEnd RuntimeError'])
  })

  test('output wakes those who wait in the context', async () => {
    let isReady = false
    const program = new TestProgram((p) =>
      p
        .wait(() => isReady)
        .pipeline('child')
        .exec('echo hi'),
    )
    const waiting = program.open().feed('held')
    const child = program.open('child', waiting.context).feed('go')
    isReady = true
    while (waiting.output.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    assert.deepEqual(waiting.output, ['Data "held"'])
    child.free()
  })

  test('needs a command', () => {
    assert.throws(() => open(1 as never), /argument #1 expects a string, an array or a function/)
  })
})

/** Without the flag O_CLOEXEC, in octal. */
function isInheritable(fd: string): boolean {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]
    return (Number.parseInt(flags ?? '0', 8) & 0o2000000) === 0
  } catch {
    return false
  }
}

/** Whether a process exists that is not merely waiting to be reaped. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
