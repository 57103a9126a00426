import { signal } from '@preact/signals'

export const PAGES = ['editor', 'graph', 'dashboard'] as const

export type Page = (typeof PAGES)[number]

/** Where the user is: a page, and on the editor's a file. Both are in the address. */
export interface Place {
  readonly page: Page
  readonly file: string | null
}

export const place = signal<Place>(parsePlace(location.hash))

addEventListener('hashchange', () => {
  place.value = parsePlace(location.hash)
})

export function go(page: Page, file: string | null = place.value.file): void {
  location.hash = hrefOf(page, file)
}

export function hrefOf(page: Page, file: string | null): string {
  const parts = file === null ? [] : file.split('/').map(encodeURIComponent)
  return `#/${[page, ...parts].join('/')}`
}

function parsePlace(hash: string): Place {
  const [first = '', ...rest] = hash.replace(/^#\/?/, '').split('/')
  const page = PAGES.find((one) => one === first) ?? 'editor'
  const file = rest.map(decode).join('/')
  return { page, file: file === '' ? null : file }
}

/** An address that somebody typed may be no good; then it names nothing. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
