import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { type Gate, Gates } from './support/gate.ts'
import { END, type Spec, start, TestProgram } from './support/run.ts'

/** Pipelines that end in a gate, by what is between it and the client. */
const chains: [name: string, spec: (gates: Gates) => Spec][] = [
  [
    'plain filters',
    (g) => (p) =>
      g.append(
        p
          .onData(() => 0)
          .replaceMessage((m) => m)
          .print(),
      ),
  ],
  ['link', (g) => (p) => g.append(p.link('x').pipeline('x'))],
  ['fork', (g) => (p) => g.append(p.fork('y')).pipeline('y').dummy()],
  ['demux', (g) => (p) => g.append(p.demux('x').pipeline('x'))],
  ['demux, link', (g) => (p) => g.append(p.demux('x').pipeline('x').link('y').pipeline('y'))],
  ['mux', (g) => (p) => g.append(p.mux('x').pipeline('x'))],
  [
    'demux, mux as a pool',
    (g) => (p) =>
      g.append(p.demux('x').pipeline('x').mux('y', null, { pipelining: 1 }).pipeline('y')),
  ],
  ['wait, tap', (g) => (p) => g.append(p.wait(() => true).tap(-1))],
]

/** A small generator of numbers that are the same at every run. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return (state >>> 8) % below
  }
}

for (const [name, spec] of chains) {
  describe(`back-pressure through ${name}`, () => {
    for (let seed = 1; seed <= 20; seed++) {
      test(`is balanced whatever happens (${seed})`, () => {
        const next = random(seed)
        const gates = new Gates()
        const program = new TestProgram(spec(gates))
        const session = program.open()
        let sinkPauses = 0
        let isInMessage = false
        const inputPauses = new Map<Gate, number>()
        for (let step = 0; step < 60; step++) {
          const gate = gates.all[next(Math.max(1, gates.all.length))]
          const isLive = gate?.session.isLive === true && !gate.isReset
          switch (next(7)) {
            case 0:
              session.push(isInMessage ? new Data('x') : start())
              isInMessage = true
              break
            case 1:
              if (isInMessage) session.push(END)
              isInMessage = false
              break
            case 2:
              session.session.pauseOutput()
              sinkPauses++
              break
            case 3:
              if (sinkPauses === 0) break
              session.session.resumeOutput()
              sinkPauses--
              break
            case 4:
              if (gate === undefined || !isLive) break
              gate.session.pause()
              inputPauses.set(gate, (inputPauses.get(gate) ?? 0) + 1)
              break
            case 5: {
              const count = gate === undefined ? 0 : (inputPauses.get(gate) ?? 0)
              if (gate === undefined || !isLive || count === 0) break
              gate.session.resume()
              inputPauses.set(gate, count - 1)
              break
            }
            default:
              if (isLive) gate?.emit(next(8) === 0 ? new SessionEnd('ReadError') : new Message('y'))
          }
          if (next(3) === 0) program.settle()
          for (const one of gates.all) if (one.isReset) inputPauses.delete(one)
          assert.ok(session.pauses === 0 || session.pauses === 1, `source paused ${session.pauses}`)
          for (const one of gates.all) {
            if (!one.isReset) assert.ok(one.pauses >= 0, `a gate was resumed too often`)
          }
        }
        session.free()
        assert.equal(session.pauses, 0)
        // A session of `mux` that is still full would hold up the next requester as well.
        for (const [gate, count] of inputPauses) {
          for (let i = 0; i < count && gate.session.isLive && !gate.isReset; i++)
            gate.session.resume()
        }
        const second = program.open()
        second.feed(new Message('again'))
        assert.equal(second.pauses, 0, 'nothing is left in reused sessions')
        second.session.pauseOutput()
        second.session.resumeOutput()
        assert.equal(second.pauses, 0)
      })
    }
  })
}
