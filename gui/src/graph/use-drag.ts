import { useRef } from 'preact/hooks'

/** Less is the tremor of a click. */
const THRESHOLD_PIXELS = 4

/** Handlers that tell how far the pointer is dragged; a click stays a click. */
export function useDrag(onDrag: (dx: number, dy: number) => void): {
  readonly onPointerDown: (event: PointerEvent) => void
  readonly onPointerMove: (event: PointerEvent) => void
  readonly onPointerUp: () => void
} {
  const last = useRef<{ x: number; y: number; isDragging: boolean } | null>(null)
  return {
    onPointerDown: ({ button, clientX, clientY }) => {
      if (button === 0) last.current = { x: clientX, y: clientY, isDragging: false }
    },
    onPointerMove: (event) => {
      const before = last.current
      if (before === null) return
      // The button was let go outside of the window.
      if (event.buttons === 0) {
        last.current = null
        return
      }
      const [dx, dy] = [event.clientX - before.x, event.clientY - before.y]
      if (!before.isDragging && Math.hypot(dx, dy) < THRESHOLD_PIXELS) return
      const target = event.currentTarget
      if (target instanceof Element) target.setPointerCapture(event.pointerId)
      last.current = { x: event.clientX, y: event.clientY, isDragging: true }
      onDrag(dx, dy)
    },
    onPointerUp: () => {
      last.current = null
    },
  }
}
