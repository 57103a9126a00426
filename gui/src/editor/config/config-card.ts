import { type ConfigPath, schemaOf, typeOf } from './config-schema.ts'

/** The documentation of a key, for a hint of the editor. */
export function configCard(path: ConfigPath): HTMLElement | undefined {
  // What an item of a list is, the key of the list tells.
  const named = path.slice(0, path.findLastIndex((part) => typeof part === 'string') + 1)
  const schema = schemaOf(named)
  if (schema === undefined) return undefined
  const card = document.createElement('div')
  card.className = 'entry-card'
  const add = (tag: string, text: string): void => {
    const element = document.createElement(tag)
    element.textContent = text
    card.append(element)
  }
  add('code', `${named.at(-1)}: ${typeOf(schema)}`)
  add('p', schema.description ?? '')
  if (schema.default !== undefined) add('small', `unless given: ${JSON.stringify(schema.default)}`)
  return card
}
