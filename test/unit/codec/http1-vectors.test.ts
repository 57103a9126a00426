import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Http1Reference } from '../../reference/http1.ts'
import { formatEvents, type Http1Vector, readVectors } from '../../reference/http1-vectors.ts'

function run(vector: Http1Vector, pieces: string[]): string {
  const reference = new Http1Reference(vector.role, vector.options)
  for (const request of vector.expected) reference.expect(request)
  for (const piece of pieces) reference.feed(piece)
  const clean = vector.finish ? reference.finish() : undefined
  const log = formatEvents(reference.events)
  return clean === undefined ? log : `${log}finish ${clean}\n`
}

for (const role of ['request', 'response'] as const) {
  describe(`HTTP/1 reference, ${role} vectors`, () => {
    for (const vector of readVectors(role)) {
      it(vector.title, () => {
        const { input, events } = vector
        assert.equal(run(vector, [input]), events, 'whole')
        assert.equal(run(vector, [...input]), events, 'byte by byte')
        for (let cut = 1; cut < input.length; cut++) {
          const pieces = [input.slice(0, cut), input.slice(cut)]
          assert.equal(run(vector, pieces), events, `cut at ${cut}`)
        }
      })
    }
  })
}
