import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  algo,
  Data,
  LoadError,
  pipy,
  run,
  JSON as ScriptJson,
  StartError,
} from '../../src/index.ts'
import { temporaryScript } from '../support/temporary-script.ts'

const script = (text: string): string => `pipy()
  .listen(0, { host: '127.0.0.1' })
  .decodeHttpRequest()
  .replaceMessage(new Message('${text}'))
  .encodeHttpResponse()`

test('runs a script, reloads it and stops', async (context) => {
  const file = temporaryScript(context, script('one'))
  const running = await run(file, { workers: 2 })
  context.after(() => running.stop())
  const url = `http://${running.addresses[0]}/`
  const ask = async (): Promise<string> =>
    (await fetch(url, { headers: { connection: 'close' } })).text()
  assert.equal(await ask(), 'one')

  writeFileSync(file, script('two'))
  await running.reload()
  assert.equal(await ask(), 'two')

  writeFileSync(file, 'pipy(')
  await assert.rejects(running.reload(), (error) => {
    assert.ok(error instanceof LoadError && error instanceof StartError)
    assert.match(error.lines.join('\n'), /Syntax error/)
    return true
  })
  assert.equal(await ask(), 'two')

  await running.stop()
  await assert.rejects(ask())
})

test('a worker that hangs is replaced, and its client told', async (context) => {
  const file = temporaryScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest()
      .replaceMessage(msg => {
        while (msg.head.path === '/hang') {}
        return new Message('alive')
      })
      .encodeHttpResponse()`,
  )
  const running = await run(file, { hangTimeoutMs: 2000, logLevel: 'error' })
  context.after(() => running.stop())
  const ask = (path: string): Promise<Response> => fetch(`http://${running.addresses[0]}${path}`)
  assert.equal((await ask('/hang')).status, 502)
  assert.equal(await (await ask('/')).text(), 'alive')
})

test('has what scripts see', () => {
  assert.equal(new algo.RoundRobinLoadBalancer({ a: 1 }).select(), 'a')
  assert.deepEqual(ScriptJson.decode(new Data('{"a":1}')), { a: 1 })
  assert.equal(pipy().listen(80).dummy().pipelines.length, 1)
})
