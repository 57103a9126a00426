import { headerLines } from './header-lines.ts'

/** The protocols that the Upgrade fields of a head name, in lower case. */
export function upgradeNames(text: string): string[] {
  const names: string[] = []
  for (const [field, value] of headerLines(text)) {
    if (field !== 'upgrade') continue
    for (const element of value.split(',')) {
      const name = element.trim().toLowerCase()
      if (name !== '') names.push(name)
    }
  }
  return names
}
