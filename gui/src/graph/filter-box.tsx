import type { JSX } from 'preact'
import type { FlowFilter } from '../../../src/admin/gui/contract.ts'
import { percent } from '../ui/format.ts'
import { BOX } from './card-size.ts'
import { pickable } from './pickable.ts'

const CHARACTER_WIDTH = 7.3
const SHARE_WIDTH = 46

export interface FilterBoxProps {
  readonly filter: FlowFilter
  readonly x: number
  readonly y: number
  readonly width: number
  /** Its part of the time that all filters take; undefined while that is not known. */
  readonly share: number | undefined
  readonly isSelected: boolean
  readonly onSelect: (id: string) => void
}

/** A filter, with as much of its options as there is room for. */
export function FilterBox(props: FilterBoxProps): JSX.Element {
  const { filter, x, y, width, share, isSelected, onSelect } = props
  const { name, options, targets } = filter
  const room = (width - 16 - (share === undefined ? 0 : SHARE_WIDTH)) / CHARACTER_WIDTH
  const missing = targets.filter((one) => one.to === '')
  const hint = missing.map((one) => `There is no pipeline '${one.name}'.`)
  const state = `${isSelected ? 'is-selected' : ''} ${missing.length > 0 ? 'is-missing' : ''}`
  return (
    <g {...pickable(filter.id, onSelect, `${name} ${options}`, isSelected)} class={`pick ${state}`}>
      <title>{[`${name}(${options})`, ...hint].join('\n')}</title>
      <rect class="box" x={x} y={y} width={width} height={BOX} rx="4" />
      {share !== undefined && share > 0 && (
        <rect class="share" x={x} y={y} width={width * share} height={BOX} rx="4" />
      )}
      <text x={x + 8} y={y + BOX / 2}>
        {cut(name, room)}
        <tspan class="filter-options" dx="6">
          {cut(options.replace(/\s+/g, ' '), room - name.length - 1)}
        </tspan>
      </text>
      {share !== undefined && (
        <text class="share-text" x={x + width - 6} y={y + BOX / 2}>
          {percent(share)}
        </text>
      )}
    </g>
  )
}

function cut(text: string, room: number): string {
  if (text.length <= room) return text
  return room < 4 ? '' : `${text.slice(0, Math.floor(room) - 1)}…`
}
