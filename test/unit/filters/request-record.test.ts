import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import type { RequestInfo } from '../../../src/engine/request-info.ts'
import type { RequestObserver } from '../../../src/engine/request-observer.ts'
import { beginKnownRequest } from '../../../src/filters/begin-request.ts'
import { endKnownRequest } from '../../../src/filters/end-request.ts'
import { Gates } from './support/gate.ts'
import { TestProgram } from './support/run.ts'

class Recorder implements RequestObserver {
  readonly calls: string[] = []
  last: RequestInfo | null = null

  began(request: RequestInfo): void {
    this.calls.push('began')
    this.last = request
  }

  answered({ status }: RequestInfo): void {
    this.calls.push(`answered ${status}`)
  }

  ended({ status, error, requestBytes, responseBytes }: RequestInfo): void {
    this.calls.push(`ended ${status} ${requestBytes}/${responseBytes} ${error}`.trim())
  }
}

/** A pipeline below `demux` whose upstream is a gate. */
function program(observer: RequestObserver): { gates: Gates; program: TestProgram } {
  const gates = new Gates()
  const spec = new TestProgram((main) => {
    main
      .demux('request')
      .pipeline('request')
      .append(beginKnownRequest, [7, [observer]])
    return gates.append(main).append(endKnownRequest, [[observer]]) as typeof main
  })
  return { gates, program: spec }
}

const POST = new Message({ method: 'POST', path: '/' }, new Data('12345'))

describe('the record of a request', () => {
  test('tells its status and the bytes of both bodies', () => {
    const recorder = new Recorder()
    const { gates, program: one } = program(recorder)
    const session = one.open().feed(POST)
    assert.deepEqual(recorder.calls, ['began'])
    assert.equal(recorder.last?.listener, 7)
    assert.equal(gates.get(0).session.context.request, recorder.last)
    assert.equal(session.context.request, null, 'the connection has none')
    gates.get(0).emit(new Message({ status: 201 }, new Data('123')))
    one.settle()
    assert.deepEqual(recorder.calls, ['began', 'answered 201', 'ended 201 5/3'])
    assert.ok((recorder.last?.responseMs ?? 0) >= (recorder.last?.startMs ?? Infinity))
  })

  test('tells why there was no response', () => {
    const recorder = new Recorder()
    const { gates, program: one } = program(recorder)
    one.open().feed(POST)
    gates.get(0).emit(new SessionEnd('ConnectionRefused'))
    one.settle()
    assert.deepEqual(recorder.calls, ['began', 'ended 503 5/0 ConnectionRefused'])
  })

  test('ends when the client goes', () => {
    const recorder = new Recorder()
    const { program: one } = program(recorder)
    one.open().feed(POST).free()
    assert.deepEqual(recorder.calls, ['began', 'ended 0 5/0 ClientGone'])
  })
})
