const MAX_DEPTH = 4
/** Certificates and route tables are not read on a graph. */
const MAX_TEXT = 60
const MAX_LENGTH = 600

/** Writes the arguments of a filter that no text is known of, in few words. */
export function renderArguments(args: readonly unknown[]): string {
  const texts = args.map((value) => render(value, 0) ?? 'null')
  while (texts.at(-1) === 'null' || texts.at(-1) === '…') texts.pop()
  return cut(texts.join(', '), MAX_LENGTH)
}

/** Undefined for what has nothing to say. */
function render(value: unknown, depth: number): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return JSON.stringify(cut(value, MAX_TEXT))
  if (typeof value === 'function') return '…'
  if (typeof value !== 'object') return String(value)
  if (depth >= MAX_DEPTH) return '…'
  if (Array.isArray(value)) {
    return `[${value.map((item) => render(item, depth + 1) ?? 'null').join(', ')}]`
  }
  // Objects of classes are the engine's own.
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const text = render(item, depth + 1)
    return text === undefined || text === '…' ? [] : [`${key}: ${text}`]
  })
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}
