/** The word most like `text`, if one is near enough to be what was meant. */
export function suggest(text: string, words: Iterable<string>): string | undefined {
  const given = text.toLowerCase()
  // One slip in three letters.
  let best = Math.max(1, Math.floor(given.length / 3))
  let found: string | undefined
  for (const word of words) {
    const distance = editDistance(given, word.toLowerCase())
    if (distance > best || (distance === best && found !== undefined)) continue
    best = distance
    found = word
  }
  return found
}

/** Says what was probably meant. */
export function hintFor(given: string, words: readonly string[]): string {
  const word = suggest(given, words)
  if (word !== undefined) return `: did you mean ${JSON.stringify(word)}?`
  if (words.length === 0 || words.length > 12) return ''
  return `: use ${oneOf(words)}`
}

/** Writes a choice. */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? 'nothing') : `one of ${words.join(', ')}`
}

/** How many letters have to be changed, added, removed or swapped with the next. */
function editDistance(one: string, other: string): number {
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, i) => i)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1]
      let cost = Math.min(
        (row[j] as number) + 1,
        (next[j - 1] as number) + 1,
        (row[j - 1] as number) + (isSame ? 0 : 1),
      )
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      if (isSwapped) cost = Math.min(cost, (before[j - 2] as number) + 1)
      next.push(cost)
    }
    before = row
    row = next
  }
  return row[other.length] as number
}
