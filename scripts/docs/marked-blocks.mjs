/**
 * Replaces the parts of a document that stand between the marker lines of a block:
 *
 *     <!-- generated:name -->
 *     …
 *     <!-- /generated:name -->
 *
 * `blocks` gives the text of each by its name. Blocks that a document lacks, or has and nobody
 * writes, are an error.
 */
export function replaceBlocks(document, blocks) {
  let text = document
  for (const [name, content] of Object.entries(blocks)) {
    const start = `<!-- generated:${name} -->\n`
    const end = `<!-- /generated:${name} -->`
    const from = text.indexOf(start)
    const to = text.indexOf(end)
    if (from < 0 || to < from) throw new Error(`the document lacks the block ${name}`)
    text = `${text.slice(0, from + start.length)}\n${content.trim()}\n\n${text.slice(to)}`
  }
  for (const [, name] of text.matchAll(/<!-- generated:([\w-]+) -->/g)) {
    if (!Object.hasOwn(blocks, name)) throw new Error(`nobody writes the block ${name}`)
  }
  return text
}
