import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Message } from '../../../src/engine/message.ts'
import { pipy } from '../../../src/program/configuration.ts'
import { sketchConfiguration } from '../../../src/program/flow/sketch-configuration.ts'
import { buildGraph, drawGraph } from '../../../src/program/graph.ts'
import { renderGraph } from '../../../src/program/graph-text.ts'

test('roots are what starts by itself, and named pipelines that nobody leads to', () => {
  const { roots, nodes } = buildGraph(
    pipy()
      .pipeline('used')
      .dummy()
      .pipeline('unused')
      .dummy()
      .task('1s')
      .link('used')
      .listen(8081, { host: '::1' })
      .listen(8080)
      .task(2),
  )
  assert.deepEqual(
    roots.map((root) => nodes[root]?.name),
    ['0.0.0.0:8080', 'Task #1', 'Task #2', '[::1]:8081', 'unused'],
  )
  assert.deepEqual(new Set(roots.map((root) => nodes[root]?.t)), new Set(['root']))
})

test('filters that lead to pipelines have them as children', () => {
  const graph = buildGraph(
    pipy()
      .listen(80)
      .fork('copy')
      .link('a', () => true, 'b')
      .use('m.js', 'p')
      .pipeline('copy')
      .pipeline('a')
      .mux('b')
      .pipeline('b')
      .replaceMessage(new Message('x')),
  )
  assert.deepEqual(graph, {
    roots: [0],
    nodes: [
      { name: '0.0.0.0:80', t: 'root', c: [1, 3, 10] },
      { name: 'fork', t: 'fork', p: 0, c: [2] },
      { name: 'copy', t: 'pipeline', p: 1 },
      { name: 'link', t: 'link', p: 0, c: [4, 8] },
      { name: 'a', t: 'pipeline', p: 3, c: [5] },
      { name: 'mux', t: 'link', p: 4, c: [6] },
      { name: 'b', t: 'pipeline', p: 5, c: [7] },
      { name: 'replaceMessage', t: 'filter', p: 6 },
      { name: 'b', t: 'pipeline', p: 3, c: [9] },
      { name: 'replaceMessage', t: 'filter', p: 8 },
      { name: 'use m.js [p]', t: 'filter', p: 0 },
    ],
  })
})

test('targets that cannot be drawn say why', () => {
  const { nodes } = buildGraph(
    pipy().listen(80).link('none').pipeline('a').link('b').pipeline('b').link('a'),
  )
  assert.deepEqual(
    nodes.filter(({ t }) => t === 'pipeline').map(({ name }) => name),
    ['pipeline not found: none'],
  )
  const self = buildGraph(pipy().listen(80).link('a').pipeline('a').link('a')).nodes
  assert.equal(self.at(-1)?.name, 'recursive pipeline: a')
})

test('a few lines that would make too many nodes are drawn as far as that goes', () => {
  const levels = Array.from({ length: 40 }, (_, level) => level)
  const configuration = levels.reduce((made, level) => {
    return made
      .pipeline(`p${level}`)
      .link(`p${level + 1}`)
      .link(`p${level + 1}`)
  }, pipy().listen(80).link('p0'))
  const { roots, nodes } = buildGraph(configuration.pipeline('p40').dummy())
  assert.equal(roots.length, 1)
  assert.ok(nodes.length >= 10_000 && nodes.length < 10_200, String(nodes.length))
  assert.ok(nodes.some(({ name }) => name === '…'))
  // One that reads the graph from its roots finds all of it.
  const reached = new Set<number>()
  const walk = (index: number): void => {
    reached.add(index)
    for (const child of nodes[index]?.c ?? []) walk(child)
  }
  for (const root of roots) walk(root)
  assert.equal(reached.size, nodes.length)
})

test('pipelines within pipelines are drawn to some depth', () => {
  const levels = Array.from({ length: 3000 }, (_, level) => level)
  const configuration = levels.reduce(
    (made, level) => made.pipeline(`p${level}`).link(`p${level + 1}`),
    pipy().listen(80).link('p0'),
  )
  const { nodes } = buildGraph(configuration)
  assert.deepEqual(nodes.at(-1)?.name, '…')
  assert.equal(nodes.filter(({ t }) => t === 'pipeline').length, 100)
})

test('a text of it', () => {
  const graph = drawGraph(
    '/x.js',
    sketchConfiguration(
      pipy()
        .task('5m')
        .listen(80)
        .demux('a')
        .pipeline('a')
        .mux('b')
        .pipeline('b')
        .connect('c:1')
        .pipeline('z'),
    ),
  )
  assert.deepEqual(renderGraph(graph), [
    'Module /x.js',
    '============',
    '',
    '[Listen on 0.0.0.0:80]',
    ' |',
    ' v',
    'demux',
    ' |--> [a]',
    ' |    mux',
    ' |     |--> [b]',
    ' |     |    connect',
    ' |     v',
    ' v',
    ' |',
    ' v',
    '',
    '[Task #1 (every 300s)]',
    ' |',
    ' v',
    ' |',
    ' v',
    '',
    '[z]',
    ' |',
    ' v',
    ' |',
    ' v',
    '',
  ])
})
