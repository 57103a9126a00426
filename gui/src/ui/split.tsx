import './split.css'
import type { ComponentChildren, JSX } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { remembered } from '../state/remembered.ts'

const KEY_STEP = 24
const MIN_SIZE = 80

export interface SplitProps {
  /** Under which its size is remembered. */
  readonly name: string
  readonly direction: 'columns' | 'rows'
  /** Which of the two panes has a size of its own; the other takes the rest. */
  readonly sized: 'first' | 'second'
  readonly initialSize: number
  readonly children: readonly [ComponentChildren, ComponentChildren]
}

/** Two panes with a divider between them that mouse and arrow keys move. */
export function Split(props: SplitProps): JSX.Element {
  const { name, direction, sized, children } = props
  const memory = useRef(remembered<number>(`split.${name}`, props.initialSize)).current
  const [size, setSize] = useState(memory.read())
  const box = useRef<HTMLDivElement>(null)

  const resize = (wanted: number): void => {
    const whole = direction === 'columns' ? box.current?.clientWidth : box.current?.clientHeight
    const limit = Math.max(MIN_SIZE, (whole ?? Number.POSITIVE_INFINITY) - MIN_SIZE)
    const next = Math.round(Math.min(Math.max(wanted, MIN_SIZE), limit))
    setSize(next)
    memory.write(next)
  }
  const drag = (event: PointerEvent): void => {
    if (!(event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId)) return
    const around = box.current?.getBoundingClientRect()
    if (around === undefined) return
    const [at, start, end] =
      direction === 'columns'
        ? [event.clientX, around.left, around.right]
        : [event.clientY, around.top, around.bottom]
    resize(sized === 'first' ? at - start : end - at)
  }
  const step = (event: KeyboardEvent): void => {
    const [less, more] =
      direction === 'columns' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
    if (event.key !== less && event.key !== more) return
    event.preventDefault()
    const isGrowing = (event.key === more) === (sized === 'first')
    resize(size + (isGrowing ? KEY_STEP : -KEY_STEP))
  }
  const style = direction === 'columns' ? { width: `${size}px` } : { height: `${size}px` }
  const [first, second] = children
  return (
    <div class={`split ${direction}`} ref={box}>
      <div
        class={sized === 'first' ? 'pane sized' : 'pane grow'}
        style={sized === 'first' ? style : undefined}
      >
        {first}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: <hr> takes no focus and no pointer */}
      <div
        class="divider"
        role="separator"
        tabIndex={0}
        aria-label={`Size of the ${name} pane`}
        aria-orientation={direction === 'columns' ? 'vertical' : 'horizontal'}
        aria-valuenow={size}
        onPointerDown={(event) => {
          event.preventDefault()
          event.currentTarget.setPointerCapture(event.pointerId)
        }}
        onPointerMove={drag}
        onKeyDown={step}
      />
      <div
        class={sized === 'second' ? 'pane sized' : 'pane grow'}
        style={sized === 'second' ? style : undefined}
      >
        {second}
      </div>
    </div>
  )
}
