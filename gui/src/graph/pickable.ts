/** What makes a part of a drawing something that mouse and keyboard can choose. */
export function pickable(
  id: string,
  onPick: (id: string) => void,
  label: string,
  isSelected: boolean,
): {
  readonly role: 'button'
  readonly tabindex: number
  readonly 'aria-label': string
  readonly 'aria-pressed': boolean
  readonly 'data-id': string
  readonly onClick: () => void
  readonly onKeyDown: (event: KeyboardEvent) => void
} {
  return {
    role: 'button',
    // Not tabIndex: names of attributes in SVG have their case.
    tabindex: 0,
    'aria-label': label,
    'aria-pressed': isSelected,
    'data-id': id,
    onClick: () => onPick(id),
    onKeyDown: (event) => {
      if ((event.key !== 'Enter' && event.key !== ' ') || event.ctrlKey) return
      event.preventDefault()
      onPick(id)
    },
  }
}
