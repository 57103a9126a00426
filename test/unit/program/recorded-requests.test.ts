import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Builder, pipy } from '../../../src/program/configuration.ts'
import { recordsOf } from '../../../src/program/recorded-requests.ts'
import type { ScriptRecords } from '../../../src/program/spec.ts'

function records(...modules: Builder[]): ScriptRecords | undefined {
  return recordsOf(modules, (name) => Number(name.replace('m', '')) - 1, '/srv')
}

/** A listener whose requests go to pipeline `request`, which a test appends. */
function http(): Builder {
  return pipy().listen(1).decodeHttpRequest().demux('request').encodeHttpResponse()
}

describe('what a script records', () => {
  test('nothing, unless it asks for it', () => {
    assert.equal(records(http().pipeline('request').dummy()), undefined)
  })

  test('listeners whose requests come by a recording pipeline, and the logs with absolute paths', () => {
    const found = records(
      http()
        .pipeline('request')
        .link('inner')
        .pipeline('inner')
        .beginRequest({ accessLog: 'a.log' })
        .dummy()
        .endRequest()
        .listen(2)
        .connect('b:1')
        .listen(3)
        .decodeHttpRequest()
        .demux('plain')
        .pipeline('plain')
        .use('m2', 'x'),
      pipy()
        .pipeline('x')
        .beginRequest({ accessLog: { path: '/b', format: 'json', sample: 0.5, status: ['5xx'] } })
        .dummy()
        .endRequest(),
    )
    assert.deepEqual(found, {
      listeners: [0, 2],
      logs: [
        { path: '/srv/a.log', format: 'combined', sample: 1, classes: [] },
        { path: '/b', format: 'json', sample: 0.5, classes: [5] },
      ],
    })
  })

  test('requests within requests: what a tunnel has below another demux is its own', () => {
    const one = http().pipeline('request').beginRequest().link('tunnel').endRequest()
    one.pipeline('tunnel').decodeHttpRequest().demux('within').encodeHttpResponse()
    one.pipeline('within').beginRequest().dummy().endRequest()
    assert.deepEqual(records(one)?.listeners, [0])
  })

  const bad: [what: string, program: () => Builder, message: RegExp][] = [
    [
      'no end',
      () => http().pipeline('request').beginRequest().dummy(),
      /^beginRequest without endRequest in pipeline request: add \.endRequest\(\) at its end$/,
    ],
    [
      'the end first',
      () => http().pipeline('request').endRequest().beginRequest(),
      /^beginRequest without endRequest in pipeline request/,
    ],
    [
      'no beginning',
      () => http().pipeline('request').dummy().endRequest(),
      /^endRequest without beginRequest in pipeline request: add \.beginRequest\(\) at its start$/,
    ],
    [
      'twice in a pipeline',
      () => http().pipeline('request').beginRequest().beginRequest().endRequest(),
      /^beginRequest twice in pipeline request: a request has one record$/,
    ],
    [
      'two ends',
      () => http().pipeline('request').beginRequest().endRequest().endRequest(),
      /^endRequest twice in pipeline request/,
    ],
    [
      'again further in',
      () => {
        const one = http().pipeline('request').beginRequest().link('a').endRequest()
        return one.pipeline('a').beginRequest().dummy().endRequest()
      },
      /^beginRequest in pipeline a records requests that a pipeline before it records already$/,
    ],
    [
      'of a connection',
      () => pipy().listen(7).decodeHttpRequest().beginRequest().dummy().endRequest(),
      /^beginRequest in the pipeline of listen\(7\) is not below demux: only there/,
    ],
    [
      'of an upstream connection',
      () => {
        const one = http().pipeline('request').mux('a')
        return one.pipeline('a').beginRequest().connect('b:1').endRequest()
      },
      /^beginRequest in pipeline a is not below demux/,
    ],
  ]
  for (const [what, program, message] of bad) {
    test(`refused: ${what}`, () => {
      assert.throws(
        () => records(program()),
        (error: Error) => message.test(error.message),
      )
    })
  }
})

describe('options of beginRequest', () => {
  const bad: [options: unknown, message: RegExp][] = [
    [7, /^argument #1 expects an object$/],
    [{ log: 'a' }, /^no option log: there is accessLog$/],
    [{ accessLog: 7 }, /^option accessLog must be a path or an object$/],
    [{ accessLog: '' }, /^option accessLog\.path must be the path of a file$/],
    [{ accessLog: { path: 'a', classes: [4] } }, /^no option accessLog\.classes: there is path, /],
    [
      { accessLog: { path: 'a', format: '{x}' } },
      /^option accessLog\.format: no field \{x\}: use /,
    ],
    [{ accessLog: { path: 'a', sample: 0 } }, /^option accessLog\.sample must be a share above 0/],
    [{ accessLog: { path: 'a', status: ['404'] } }, /^option accessLog\.status must be classes of/],
  ]
  for (const [options, message] of bad) {
    test(`refused: ${JSON.stringify(options)}`, () => {
      assert.throws(
        () =>
          pipy()
            .pipeline('a')
            .beginRequest(options as never),
        (error: Error) => message.test(error.message),
      )
    })
  }
})
