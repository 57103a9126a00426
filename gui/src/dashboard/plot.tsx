import 'uplot/dist/uPlot.min.css'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { theme } from '../state/theme.ts'

export interface PlotProps {
  /** Axes, scales and series without colours; a new object makes a new plot. */
  readonly options: Omit<uPlot.Options, 'width' | 'height'>
  readonly data: uPlot.AlignedData
  /** What it shows, for those who do not see it. */
  readonly label: string
}

/** A plot that has the size of its box and the colours of the theme. */
export function Plot({ options, data, label }: PlotProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const look = theme.value

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const created = new uPlot({ ...options, ...sizeOf(element) }, data, element)
    plot.current = created
    const observer = new ResizeObserver(() => created.setSize(sizeOf(element)))
    observer.observe(element)
    return () => {
      observer.disconnect()
      created.destroy()
      plot.current = null
    }
  }, [options, look])
  useEffect(() => plot.current?.setData(data), [data])

  return <div ref={box} class="plot" role="img" aria-label={label} />
}

/** A colour of the theme as a canvas takes it. */
export function color(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim()
}

function sizeOf(element: HTMLElement): { width: number; height: number } {
  return { width: Math.max(element.clientWidth, 60), height: Math.max(element.clientHeight, 60) }
}
