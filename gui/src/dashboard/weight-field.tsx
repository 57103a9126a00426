import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { session } from '../state/session.ts'

const MAX_WEIGHT = 256

export interface WeightFieldProps {
  readonly label: string
  readonly value: number
  readonly onChange: (weight: number) => void
}

/** A weight that is changed with Enter, or by leaving the field. */
export function WeightField({ label, value, onChange }: WeightFieldProps): JSX.Element {
  /** What is being typed; the numbers of each second do not disturb it. */
  const [typed, setTyped] = useState<string | null>(null)
  const finish = (): void => {
    const weight = Number(typed)
    setTyped(null)
    if (typed === null || typed === '' || weight === value) return
    if (Number.isInteger(weight) && weight >= 0 && weight <= MAX_WEIGHT) onChange(weight)
  }
  if (session.value?.isReadonly === true) return <>{value}</>
  return (
    <input
      class="weight"
      type="number"
      min="0"
      max={MAX_WEIGHT}
      aria-label={label}
      title="0 is the weight of the config"
      value={typed ?? value}
      onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish()
        if (event.key === 'Escape') setTyped(null)
      }}
    />
  )
}
