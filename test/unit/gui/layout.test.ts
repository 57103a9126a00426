import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FlowEdge, FlowGraph, FlowPipeline } from '../../../src/admin/gui/contract.ts'
import { guiModule } from '../../support/gui-module.ts'

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Layout {
  readonly width: number
  readonly height: number
  readonly cards: readonly (Box & { readonly pipeline: FlowPipeline; readonly subtitle: string })[]
  readonly wires: readonly {
    readonly edge: FlowEdge
    readonly label: { readonly x: number; readonly y: number }
  }[]
}

const gui = await guiModule<{ layOut: (graph: FlowGraph, direction: 'right' | 'down') => Layout }>(
  'graph/layout.ts',
)

function layOut(graph: FlowGraph, direction: 'right' | 'down' = 'right'): Layout {
  return gui.layOut(graph, direction)
}

/** A graph from pipelines and the targets of their filters: `{ a: ['b', 'c'], b: [], c: [] }`. */
function graphOf(targets: Readonly<Record<string, readonly string[]>>): FlowGraph {
  const pipelines = Object.entries(targets).map(([name, to]): FlowPipeline => {
    return {
      id: `/x.js#${name}`,
      kind: 'pipeline',
      name,
      title: name,
      options: '',
      filters: to.map((target, index) => ({
        id: `/x.js#${name}.${index}`,
        name: 'link',
        options: '',
        targets: [{ kind: 'join', to: target in targets ? `/x.js#${target}` : '', name: target }],
      })),
    }
  })
  return { generation: 0, modules: [{ path: '/x.js', pipelines }] }
}

function cardOf(layout: Layout, name: string): Box {
  const card = layout.cards.find((one) => one.pipeline.name === name)
  assert.ok(card)
  return card
}

test('a pipeline is to the right of the one that starts it', () => {
  const layout = layOut(graphOf({ a: ['b'], b: ['c'], c: [] }))
  const [a, b, c] = ['a', 'b', 'c'].map((name) => cardOf(layout, name))
  assert.ok(a && b && c)
  assert.ok(a.x + a.width < b.x && b.x + b.width < c.x)
})

test('or below it', () => {
  const layout = layOut(graphOf({ a: ['b'], b: ['c'], c: [] }), 'down')
  const [a, b, c] = ['a', 'b', 'c'].map((name) => cardOf(layout, name))
  assert.ok(a && b && c)
  assert.ok(a.y + a.height < b.y && b.y + b.height < c.y)
})

test('cards do not overlap and lie within the drawing', () => {
  const layout = layOut(graphOf({ a: ['b', 'c', 'd'], b: ['e'], c: ['e'], d: [], e: [], f: [] }))
  const { cards } = layout
  for (const one of cards) {
    assert.ok(one.x >= 0 && one.x + one.width <= layout.width)
    assert.ok(one.y >= 0 && one.y + one.height <= layout.height)
    for (const other of cards) {
      const isApart =
        one.x + one.width <= other.x ||
        other.x + other.width <= one.x ||
        one.y + one.height <= other.y ||
        other.y + other.height <= one.y
      assert.ok(one === other || isApart, `${one.pipeline.name} and ${other.pipeline.name}`)
    }
  }
})

test('every target has a wire, but those that do not exist', () => {
  const { wires } = layOut(graphOf({ a: ['b', 'b', 'nowhere'], b: [] }))
  assert.deepEqual(
    wires.map((one) => one.edge.name),
    ['b', 'b'],
  )
})

test('every wire has a place of its own for its rate', () => {
  const targets = { a: ['c', 'd'], b: ['c', 'd'], c: [], d: [], e: ['f'], f: [] }
  for (const direction of ['right', 'down'] as const) {
    const { wires } = layOut(graphOf(targets), direction)
    assert.equal(wires.length, 5)
    for (const [index, { label }] of wires.entries()) {
      for (const { label: other } of wires.slice(index + 1)) {
        assert.ok(Math.abs(label.x - other.x) > 20 || Math.abs(label.y - other.y) > 10)
      }
    }
  }
})

test('pipelines that start each other or themselves have places too', () => {
  const { cards, wires } = layOut(graphOf({ a: ['b', 'a'], b: ['a'] }))
  assert.equal(wires.length, 3)
  assert.ok(cards.every((one) => Number.isFinite(one.x) && Number.isFinite(one.y)))
})

test('modules are told apart only where there are several', () => {
  const graph = graphOf({ a: [] })
  assert.equal(layOut(graph).cards[0]?.subtitle, '')
  const two = { ...graph, modules: [...graph.modules, { path: '/y.js', pipelines: [] }] }
  assert.equal(layOut(two).cards[0]?.subtitle, '/x.js')
})

test('nothing to draw is a drawing too', () => {
  assert.deepEqual(layOut({ generation: 0, modules: [] }).cards, [])
})
