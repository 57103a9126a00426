import { useEffect, useRef, useState } from 'preact/hooks'
import type { FlowGraph } from '../../../src/admin/gui/contract.ts'
import { attempt } from '../state/notices.ts'
import { layOutAside } from './lay-out-aside.ts'
import type { Direction, GraphLayout } from './layout.ts'

const NOTHING: GraphLayout = { width: 0, height: 0, cards: [], wires: [] }

/**
 * The layout of a graph, or of the one before until it is there. Of graphs that come faster than they
 * can be laid out, as when somebody types, only the newest is.
 */
export function useLayout(graph: FlowGraph, direction: Direction): GraphLayout {
  const [layout, setLayout] = useState(NOTHING)
  const wanted = useRef<{ graph: FlowGraph; direction: Direction } | null>(null)
  const isBusy = useRef(false)
  const follow = async (): Promise<void> => {
    if (isBusy.current) return
    isBusy.current = true
    while (wanted.current !== null) {
      const next = wanted.current
      wanted.current = null
      await attempt(async () => setLayout(await layOutAside(next.graph, next.direction)))
    }
    isBusy.current = false
  }
  useEffect(() => {
    wanted.current = { graph, direction }
    void follow()
  }, [graph, direction])
  return layout
}
