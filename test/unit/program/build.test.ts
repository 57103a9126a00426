import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkProgram } from '../../../src/program/build.ts'
import { type Builder, pipy } from '../../../src/program/configuration.ts'

function check(...modules: Builder[]): void {
  checkProgram(modules, (name) => Number(name.replace('m', '')) - 1)
}

describe('references between pipelines', () => {
  test('within a module and between modules', () => {
    check(
      pipy().listen(1).link('a').use('m2', 'b').pipeline('a').fork('c').pipeline('c'),
      pipy().pipeline('b').demux('c').pipeline('c'),
    )
  })

  const bad: [what: string, modules: () => Builder[], message: RegExp][] = [
    ['no such pipeline', () => [pipy().listen(1).link('a')], /pipeline not found: a/],
    ['of a task', () => [pipy().task('1s').mux('a')], /pipeline not found: a/],
    [
      'only in another module',
      () => [pipy().listen(1).link('a'), pipy().pipeline('a')],
      /pipeline not found: a/,
    ],
    [
      'not in the used module',
      () => [pipy().listen(1).use('m2', 'a').pipeline('a'), pipy().pipeline('b')],
      /pipeline not found: a in m2/,
    ],
    ['no such module', () => [pipy().listen(1).use('m0', 'a')], /module not found: m0/],
    ['to itself', () => [pipy().pipeline('a').link('a')], /recursive pipeline: a/],
    [
      'back by a detour',
      () => [pipy().listen(1).link('a').pipeline('a').fork('b').pipeline('b').mux('a')],
      /recursive pipeline: a/,
    ],
    [
      'back through another module',
      () => [pipy().pipeline('a').use('m2', 'b'), pipy().pipeline('b').use('m1', 'a')],
      /recursive pipeline: a/,
    ],
  ]
  for (const [what, modules, message] of bad) {
    test(what, () => assert.throws(() => check(...modules()), message))
  }

  test('many ways to the same pipeline do not take long to check', () => {
    const program = pipy()
    for (let i = 0; i < 40; i++)
      program
        .pipeline(`p${i}`)
        .link(`p${i + 1}`)
        .fork(`p${i + 1}`)
    check(program.pipeline('p40'))
  })
})
