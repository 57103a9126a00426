import { type Signal, signal } from '@preact/signals'

/** What part of a drawing is seen: x and y are moved by so many pixels, then all is scaled. */
export interface View {
  readonly x: number
  readonly y: number
  readonly scale: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

const MIN_SCALE = 0.15
const MAX_SCALE = 3
const FOUND_SCALE = 0.8
const WHEEL_PIXELS = 400

/** Zooming and panning over a drawing. */
export class Viewport {
  /** The scale at which all can be seen, which may be smaller than others. */
  #whole = MIN_SCALE
  readonly view: Signal<View> = signal<View>({ x: 0, y: 0, scale: 1 })

  pan(dx: number, dy: number): void {
    const { x, y, scale } = this.view.value
    this.view.value = { x: x + dx, y: y + dy, scale }
  }

  /** Scales by a factor; the point at `atX`, `atY` of the window stays where it is. */
  zoom(factor: number, atX: number, atY: number): void {
    const { x, y, scale } = this.view.value
    const next = Math.min(MAX_SCALE, Math.max(Math.min(MIN_SCALE, this.#whole), scale * factor))
    const ratio = next / scale
    this.view.value = { x: atX - (atX - x) * ratio, y: atY - (atY - y) * ratio, scale: next }
  }

  /** A turn of the wheel zooms; with two fingers on a touchpad the browser says so by `ctrlKey`. */
  wheel(event: WheelEvent, atX: number, atY: number): void {
    if (event.shiftKey) this.pan(-event.deltaY, 0)
    else this.zoom(2 ** (-event.deltaY / WHEEL_PIXELS), atX, atY)
  }

  /** Shows all of a drawing, as large as it fits but never enlarged. */
  fit(drawing: Size, window: Size): void {
    if (drawing.width === 0 || window.width === 0 || window.height === 0) return
    const whole = Math.min(window.width / drawing.width, window.height / drawing.height)
    const scale = Math.min(1, whole)
    this.#whole = scale
    this.view.value = {
      x: Math.max(0, (window.width - drawing.width * scale) / 2),
      y: Math.max(0, (window.height - drawing.height * scale) / 2),
      scale,
    }
  }

  /** Brings a part of the drawing to the middle, as large as it can be read. */
  center(
    { x, y, width, height }: Size & { readonly x: number; readonly y: number },
    window: Size,
  ): void {
    const scale = Math.max(FOUND_SCALE, this.view.value.scale)
    this.view.value = {
      x: window.width / 2 - (x + width / 2) * scale,
      y: window.height / 2 - (y + height / 2) * scale,
      scale,
    }
  }
}
