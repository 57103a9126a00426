import type { Entry } from './lookup.ts'

/** The documentation of a name, for a hint of the editor. */
export function entryCard({ doc, type, ...rest }: Entry): HTMLElement {
  const card = document.createElement('div')
  card.className = 'entry-card'
  const signature = document.createElement('code')
  signature.textContent = doc.signature
  const text = document.createElement('p')
  text.textContent = doc.doc
  card.append(signature, text)
  if ('parameters' in doc && doc.parameters.length > 0) {
    const list = document.createElement('dl')
    for (const { name, doc: meaning } of doc.parameters) {
      const term = document.createElement('dt')
      term.textContent = name
      const definition = document.createElement('dd')
      definition.textContent = meaning
      list.append(term, definition)
    }
    card.append(list)
  }
  if (type === 'global' && 'owner' in rest && rest.owner !== undefined) {
    const of = document.createElement('small')
    of.textContent = `of ${rest.owner}`
    card.append(of)
  }
  return card
}
