import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FlowGraph, SourceRange } from '../../../src/admin/gui/contract.ts'
import { guiModule } from '../../support/gui-module.ts'

interface NodeAtModule {
  nodeAt(graph: FlowGraph, path: string, line: number, column: number): string | undefined
}

const { nodeAt } = await guiModule<NodeAtModule>('graph/node-at.ts')

function range(line: number, column: number, endLine: number, endColumn: number): SourceRange {
  return { line, column, endLine, endColumn }
}

const part = { options: '', targets: [] }
const graph: FlowGraph = {
  generation: 0,
  modules: [
    {
      path: '/a.yaml',
      pipelines: [
        {
          ...{ id: 'listener', kind: 'listen', name: '', title: '', options: '' },
          place: range(2, 5, 6, 20),
          filters: [
            { ...part, id: 'demux', name: 'demux', place: range(4, 5, 4, 19) },
            { ...part, id: 'route', name: 'route', place: range(5, 5, 6, 20) },
            { ...part, id: 'nowhere', name: 'encode' },
          ],
        },
      ],
    },
  ],
}
const at = (line: number, column: number): string | undefined => {
  return nodeAt(graph, '/a.yaml', line, column)
}

test('a place is about the smallest that lies around it', () => {
  assert.equal(at(4, 8), 'demux')
  assert.equal(at(6, 1), 'route')
  assert.equal(at(3, 40), 'listener')
})

test('beside what is written, the line decides', () => {
  assert.equal(at(2, 1), 'listener')
  assert.equal(at(6, 30), 'route')
})

test('other lines, and other files, are about nothing', () => {
  assert.equal(at(1, 1), undefined)
  assert.equal(at(7, 1), undefined)
  assert.equal(nodeAt(graph, '/b.yaml', 4, 8), undefined)
})
