import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { RequestInfo } from '../../../src/engine/request-info.ts'
import type { Builder } from '../../../src/program/configuration.ts'
import { TestProgram } from './support/run.ts'

/** Pipelines that answer with their names. */
function answering(program: Builder, ...names: string[]): Builder {
  for (const name of names) {
    program.pipeline(name).replaceMessage(() => new Message({ status: 200 }, name))
  }
  return program
}

const request = (path: string): Message =>
  new Message({ method: 'GET', path, headers: {} }, new Data('body'))

describe('route', () => {
  test('a request goes on in the pipeline of the first rule that it meets', () => {
    const program = new TestProgram((main) =>
      answering(
        main
          .decodeHttpRequest()
          .demux('request')
          .pipeline('request')
          .route([
            { path: { prefix: '/a' }, to: 'a' },
            { host: 'b.com', headers: { 'x-y': 'z' }, to: 'b' },
            { query: { q: '1' }, method: ['GET'], to: 'c' },
          ]),
        'a',
        'b',
        'c',
      ),
    )
    const session = program.open()
    const get = (target: string, fields = '') =>
      session.feed(`GET ${target} HTTP/1.1\r\nHost: B.com:80\r\n${fields}\r\n`).text()
    assert.equal(get('/a/b'), 'a')
    assert.equal(get('/', 'X-Y:\t z \r\n'), 'ab')
    assert.equal(
      get('/', 'X-YY: z\r\nX-Y: y\r\nq: 1\r\n'),
      'ab',
      'nothing for a request without rule',
    )
    assert.equal(get('/?q=%31'), 'abc')
    assert.ok(session.output.some((line) => line.includes('"status":404')))
  })

  test('what meets no rule is answered when all of it has come', () => {
    const program = new TestProgram((main) => answering(main.route([{ host: 'x', to: 'a' }]), 'a'))
    const session = program.open()
    session.feed(request('/'), new SessionEnd())
    const [head = '', ...rest] = session.output
    const fields =
      /^MessageStart {"status":404,"headers":{"date":"[^"]+ GMT","content-type":"text\/plain"}}$/
    assert.match(head, fields)
    assert.deepEqual(rest, ['MessageEnd', 'SessionEnd'])
  })

  test('shares take turns, and the choice is written into the record of the request', () => {
    const program = new TestProgram((main) =>
      answering(
        main.route([
          { host: 'x', to: 'a' },
          {
            to: [
              { pipeline: 'a', weight: 3 },
              { pipeline: 'b', weight: 1 },
            ],
          },
        ]),
        'a',
        'b',
      ),
    )
    let names = ''
    for (let i = 0; i < 8; i++) {
      const session = program.open()
      session.context.request = new RequestInfo(0, 0)
      names += session.feed(request('/')).text()
      assert.equal(session.context.request.route, 1)
      session.free()
    }
    assert.equal(names, 'aabaaaba')
  })

  test('refuses rules that cannot work', () => {
    const building = (rules: unknown) => () =>
      new TestProgram((main) => answering(main.route(rules as never), 'a'))
    assert.throws(building({}), /argument #1 expects an array/)
    assert.throws(building([{ path: { regex: '(' }, to: 'a' }]), SyntaxError)
    assert.throws(building([{ to: [] }]), /nothing to go to/)
    assert.throws(building([{ to: 'b' }]), /pipeline not found: b/)
  })
})
