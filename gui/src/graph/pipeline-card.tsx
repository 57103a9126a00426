import type { JSX } from 'preact'
import type { PipelineRates } from '../../../src/admin/gui/contract.ts'
import { short } from '../ui/format.ts'
import { boxTop, GAP, HEAD, INSET } from './card-size.ts'
import { FilterBox } from './filter-box.tsx'
import type { Card } from './layout.ts'
import { pickable } from './pickable.ts'
import { liveness, RateLabel } from './rate-label.tsx'

export interface PipelineCardProps {
  readonly card: Card
  /** Undefined where nothing is known of what flows. */
  readonly rates: PipelineRates | undefined
  readonly selectedId: string | null
  readonly onSelect: (id: string) => void
}

/** A pipeline: its title, its filters, and the arrows between them. */
export function PipelineCard({
  card,
  rates,
  selectedId,
  onSelect,
}: PipelineCardProps): JSX.Element {
  const { pipeline, width, height, subtitle } = card
  const { id, title, kind, filters } = pipeline
  const isSelected = selectedId === id
  const boxWidth = width - 2 * INSET
  return (
    <g transform={`translate(${card.x},${card.y})`} data-pipeline={id}>
      <g
        {...pickable(id, onSelect, title, isSelected)}
        class={isSelected ? 'pick is-selected' : 'pick'}
      >
        <title>{subtitle === '' ? title : `${title}\n${subtitle}`}</title>
        <rect class="card-frame" width={width} height={height} rx="7" />
        <circle class={`card-kind ${kind}`} cx="14" cy={HEAD / 2} r="4" />
        <text class="card-title" x="24" y={HEAD / 2}>
          {title}
        </text>
        {rates !== undefined && (
          <text class="card-count share-text" x={width - INSET} y={HEAD / 2}>
            {rates.active > 0 && `${short(rates.active)} open`}
          </text>
        )}
        {subtitle !== '' && (
          <text class="card-module" x="0" y="-8">
            {subtitle}
          </text>
        )}
      </g>
      {Array.from({ length: filters.length + 1 }, (_, index) => {
        const y = boxTop(index) - GAP
        const flowing = rates?.edges[index]
        return (
          <g key={index}>
            <path
              class={`step ${liveness(flowing)}`}
              d={`M${width / 2 - 40},${y + 1} v${GAP - 6}`}
              marker-end="url(#arrow)"
            />
            {flowing !== undefined && (
              <RateLabel rates={flowing} x={width / 2 - 30} y={y + GAP / 2 - 1} />
            )}
          </g>
        )
      })}
      {filters.map((filter, index) => (
        <FilterBox
          key={filter.id}
          filter={filter}
          x={INSET}
          y={boxTop(index)}
          width={boxWidth}
          share={rates?.shares[index]}
          isSelected={selectedId === filter.id}
          onSelect={onSelect}
        />
      ))}
    </g>
  )
}
