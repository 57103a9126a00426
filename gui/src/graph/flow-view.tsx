import './graph.css'
import type { ComponentChildren, JSX } from 'preact'
import { useCallback, useEffect, useMemo, useRef } from 'preact/hooks'
import type { FlowGraph, PipelineRates } from '../../../src/admin/gui/contract.ts'
import { Button } from '../ui/button.tsx'
import { FlowSearch } from './flow-search.tsx'
import type { Card, Direction } from './layout.ts'
import { PipelineCard } from './pipeline-card.tsx'
import { useDrag } from './use-drag.ts'
import { useLayout } from './use-layout.ts'
import { Viewport } from './viewport.ts'
import { WireLine } from './wire-line.tsx'

const PAN_STEP = 60
const ZOOM_STEP = 1.25
/** Below this scale nobody can read: text is what costs most to draw. */
const READABLE_SCALE = 0.25
/** Fewer pipelines than these are found by looking. */
const MANY_PIPELINES = 20

export interface FlowViewProps {
  readonly graph: FlowGraph
  readonly direction: Direction
  /** What flows, by pipeline, if the graph is of the running program. */
  readonly rates?: ReadonlyMap<string, PipelineRates>
  readonly selectedId: string | null
  readonly onSelect: (id: string) => void
  /** Shown in the corner. */
  readonly note?: ComponentChildren
}

/** A flow graph, in which one can zoom, pan and choose. */
export function FlowView(props: FlowViewProps): JSX.Element {
  const { graph, direction, rates, selectedId, onSelect, note } = props
  const drawing = useRef<SVGSVGElement>(null)
  const viewport = useRef(new Viewport()).current
  /** Whether the user has chosen what to see: then a new layout changes nothing about it. */
  const isTouched = useRef(false)
  const layout = useLayout(graph, direction)

  const fit = (): void => {
    const { width = 0, height = 0 } = drawing.current?.getBoundingClientRect() ?? {}
    viewport.fit(layout, { width, height })
    isTouched.current = false
  }
  const zoomBy = (factor: number): void => {
    const { width = 0, height = 0 } = drawing.current?.getBoundingClientRect() ?? {}
    viewport.zoom(factor, width / 2, height / 2)
    isTouched.current = true
  }
  const show = (card: Card): void => {
    const { width = 0, height = 0 } = drawing.current?.getBoundingClientRect() ?? {}
    viewport.center(card, { width, height })
    isTouched.current = true
    onSelect(card.pipeline.id)
  }
  const select = useLast(onSelect)
  // Moving the drawing draws nothing anew.
  const content = useMemo(
    () => [
      layout.cards.map((card) => (
        <PipelineCard
          key={card.pipeline.id}
          card={card}
          rates={rates?.get(card.pipeline.id)}
          selectedId={isIn(card, selectedId) ? selectedId : null}
          onSelect={select}
        />
      )),
      layout.wires.map((wire) => (
        <WireLine key={wire.key} wire={wire} rates={rates?.get(wire.edge.to)} />
      )),
    ],
    [layout, rates, selectedId],
  )
  useEffect(() => {
    if (!isTouched.current) fit()
    const observer = new ResizeObserver(() => {
      if (!isTouched.current) fit()
    })
    if (drawing.current !== null) observer.observe(drawing.current)
    return () => observer.disconnect()
  }, [layout])
  useEffect(() => {
    const svg = drawing.current
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault()
      const { left = 0, top = 0 } = svg?.getBoundingClientRect() ?? {}
      viewport.wheel(event, event.clientX - left, event.clientY - top)
      isTouched.current = true
    }
    // Not by Preact: the browser has to know that the page will not scroll.
    svg?.addEventListener('wheel', onWheel, { passive: false })
    return () => svg?.removeEventListener('wheel', onWheel)
  }, [])
  const drag = useDrag((dx, dy) => {
    viewport.pan(dx, dy)
    isTouched.current = true
  })
  const onKey = (event: KeyboardEvent): void => {
    const act = keys(viewport, zoomBy, fit)[event.key]
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    if (event.key !== '0') isTouched.current = true
    act()
  }
  const { x, y, scale } = viewport.view.value
  return (
    <div class="flow">
      <svg
        ref={drawing}
        class="flow-drawing"
        tabindex={0}
        aria-label="Flow graph: arrow keys pan, + and - zoom, 0 shows all"
        onKeyDown={onKey}
        {...drag}
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
            markerUnits="userSpaceOnUse"
          >
            <path d="M0,0 L8,4 L0,8 z" />
          </marker>
        </defs>
        <g
          class={scale < READABLE_SCALE ? 'is-far' : ''}
          transform={`translate(${x},${y}) scale(${scale})`}
        >
          {content}
        </g>
      </svg>
      {note !== undefined && <div class="flow-note">{note}</div>}
      <div class="flow-tools">
        {layout.cards.length >= MANY_PIPELINES && <FlowSearch cards={layout.cards} onFind={show} />}
        <Button
          label="Zoom out"
          shortcut="-"
          icon="minus"
          look="bare"
          onClick={() => zoomBy(1 / ZOOM_STEP)}
        />
        <Button
          label="Zoom in"
          shortcut="+"
          icon="plus"
          look="bare"
          onClick={() => zoomBy(ZOOM_STEP)}
        />
        <Button label="Show all" shortcut="0" icon="fit" look="bare" onClick={fit} />
      </div>
    </div>
  )
}

/** A function that stays the same and calls the newest. */
function useLast(act: (id: string) => void): (id: string) => void {
  const last = useRef(act)
  last.current = act
  return useCallback((id: string) => last.current(id), [])
}

function isIn({ pipeline }: Card, id: string | null): boolean {
  return id === pipeline.id || id?.startsWith(`${pipeline.id}.`) === true
}

function keys(
  viewport: Viewport,
  zoomBy: (factor: number) => void,
  fit: () => void,
): Readonly<Record<string, () => void>> {
  return {
    ArrowLeft: () => viewport.pan(PAN_STEP, 0),
    ArrowRight: () => viewport.pan(-PAN_STEP, 0),
    ArrowUp: () => viewport.pan(0, PAN_STEP),
    ArrowDown: () => viewport.pan(0, -PAN_STEP),
    '+': () => zoomBy(ZOOM_STEP),
    '=': () => zoomBy(ZOOM_STEP),
    '-': () => zoomBy(1 / ZOOM_STEP),
    '0': fit,
  }
}
