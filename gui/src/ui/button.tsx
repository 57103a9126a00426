import type { ComponentChildren, JSX } from 'preact'
import { Icon, type IconName } from './icon.tsx'

export interface ButtonProps {
  /** What it does; also its text, unless `children` are given. */
  readonly label: string
  readonly icon?: IconName
  /** With `bare`, only the icon is seen. */
  readonly look?: 'primary' | 'danger' | 'bare'
  readonly shortcut?: string
  readonly isDisabled?: boolean
  readonly children?: ComponentChildren
  readonly onClick: () => void
}

/** A button with an icon, a text or both. */
export function Button(props: ButtonProps): JSX.Element {
  const { label, icon, look, shortcut, isDisabled = false } = props
  const isBare = look === 'bare'
  const hint = shortcut === undefined ? label : `${label} (${shortcut})`
  return (
    <button
      type="button"
      class={look === undefined ? 'button' : `button ${look}`}
      disabled={isDisabled}
      title={isBare || shortcut !== undefined ? hint : undefined}
      aria-label={isBare ? label : undefined}
      onClick={props.onClick}
    >
      {icon !== undefined && <Icon name={icon} />}
      {props.children ?? (!isBare && label)}
    </button>
  )
}
