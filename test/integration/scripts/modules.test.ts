import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runSluice, startSluice } from '../../support/sluice-process.ts'
import { temporaryScript } from '../../support/temporary-script.ts'
import { curl } from '../support/curl.ts'

const MAIN = `
pipy({ _name: 'main' })
  .listen(0)
    .decodeHttpRequest()
    .demux('request')
    .encodeHttpResponse()
  .pipeline('request')
    .use('modules/answer.js', 'answer', 'hello', name => _name = name)
    .onMessageEnd(() => console.log('name is', _name))
`
const ANSWER = `
pipy({ _name: 'answer' })
  .pipeline('answer')
    .replaceMessage(() => (
      __argv[1]('changed'),
      new Message([__argv[0], __filename, _name].join(' '))
    ))
`

function program(context: TestContext, main = MAIN, answer = ANSWER): string {
  const file = temporaryScript(context, main)
  mkdirSync(join(dirname(file), 'modules'))
  writeFileSync(join(dirname(file), 'modules/answer.js'), answer)
  return file
}

test('modules have variables of their own, arguments, and functions of each other', async (context) => {
  const sluice = startSluice(context, [program(context)])
  const [port] = await sluice.ports()
  for (let i = 0; i < 2; i++) {
    const { stdout } = await curl(`http://127.0.0.1:${port}/`)
    assert.equal(stdout, 'hello /modules/answer.js answer')
  }
  await sluice.line(/name is changed/)
})

const bad: [what: string, main: string, answer: string, message: RegExp][] = [
  [
    'a pipeline that the module does not have',
    MAIN,
    ANSWER.replace("'answer')", "'other')"),
    /pipeline not found: answer in modules\/answer.js/,
  ],
  [
    'a module that does not exist',
    MAIN.replace('answer.js', 'none.js'),
    ANSWER,
    /modules\/none.js/,
  ],
]
for (const [what, main, answer, message] of bad) {
  test(`${what} is found while loading`, async (context) => {
    const { status, stdout, stderr } = await runSluice([program(context, main, answer)])
    assert.notEqual(status, 0)
    assert.match(stdout + stderr, message)
  })
}
