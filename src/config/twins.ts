/** Where something stands in a list that stands in it before as well. */
export function twins(texts: readonly (string | undefined)[]): number[] {
  return texts.flatMap((text, index) => {
    return text !== undefined && texts.indexOf(text) < index ? [index] : []
  })
}
