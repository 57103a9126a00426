import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { stringify } from 'yaml'
import { type SluiceProcess, startSluice } from '../support/sluice-process.ts'
import { temporaryScript } from '../support/temporary-script.ts'
import { ask } from './support/load.ts'

type ProgramAt = (port: number, answer: string) => readonly [file: string, text: string]

const PROGRAMS: Readonly<Record<string, ProgramAt>> = {
  script: (port, answer) => [
    'main.js',
    `pipy().listen(${port}, { host: '127.0.0.1' })
      .decodeHttpRequest().replaceMessage(new Message('${answer}')).encodeHttpResponse()`,
  ],
  config: (port, answer) => [
    'lb.yaml',
    stringify({
      listeners: [{ address: `127.0.0.1:${port}`, routes: [{ respond: { body: answer } }] }],
      upstreams: {},
    }),
  ],
}

function run(
  context: TestContext,
  [file, text]: ReturnType<ProgramAt>,
  ...options: string[]
): SluiceProcess {
  const path = temporaryScript(context, text, file)
  return startSluice(context, [path, '--workers=1', ...options])
}

for (const [kind, at] of Object.entries(PROGRAMS)) {
  test(`a ${kind} shares its port with another process when both say --reuse-port`, async (context) => {
    const first = run(context, at(0, 'first'), '--reuse-port')
    const [port = 0] = await first.ports()
    const alone = run(context, at(port, 'alone'))
    assert.notEqual((await alone.exit()).status, 0)
    assert.match(alone.stdout + alone.stderr, /address already in use/)

    const second = run(context, at(port, 'second'), '--reuse-port')
    assert.deepEqual(await second.ports(), [port])
    const answers = new Set<string>()
    // The kernel chooses by the client's port: each new connection may go to either.
    for (let i = 0; i < 200 && answers.size < 2; i++) answers.add((await ask(port)).body)
    assert.deepEqual([...answers].sort(), ['first', 'second'])
  })
}
