import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DubboReference } from '../../reference/dubbo.ts'
import {
  type DubboVector,
  formatDubboEvents,
  readDubboVectors,
} from '../../reference/dubbo-vectors.ts'

function run(vector: DubboVector, pieces: string[]): string {
  const reference = new DubboReference(vector.maxBodyBytes)
  for (const piece of pieces) reference.feed(piece)
  const log = formatDubboEvents(reference.events)
  return vector.finish ? `${log}finish ${reference.finish()}\n` : log
}

describe('Dubbo reference, vectors', () => {
  for (const vector of readDubboVectors()) {
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
