/** Column at which help begins to explain an option. */
const DOC_COLUMN = 30

/** Makes a block of Markdown for each command, by what `help(args)` prints for it. */
export function renderOptions(help) {
  const main = help([])
  const blocks = { 'options-script': renderPage(main) }
  for (const command of commandsOf(main)) blocks[`options-${command}`] = renderPage(help([command]))
  return blocks
}

/** The sub-commands that the usage lines name. */
function commandsOf(page) {
  return [...page.matchAll(/^(?:Usage:|\s{6}) sluice ([a-z]+)\b/gm)].map(([, name]) => name)
}

function renderPage(page) {
  const lines = [...page.matchAll(/^(?:Usage:|\s{6}) (sluice .*)$/gm)].map(([, line]) => line)
  // The main page names the commands too, which have pages of their own.
  const own = lines.filter((line) => !/^sluice [a-z]+\b/.test(line))
  const usage = own.length > 0 ? own : lines
  const parts = ['```text', ...usage, '```']
  for (const { title, options } of sectionsOf(page)) {
    if (options.length === 0) continue
    parts.push('', `**${title}**`, '', '| option | meaning | default |', '|---|---|---|')
    for (const option of options) parts.push(renderOption(option))
  }
  return parts.join('\n')
}

function renderOption({ label, doc }) {
  const { text, fallback } = splitDefault(doc)
  const names = label.replace(/\|/g, '\\|')
  return `| \`${names}\` | ${text} | ${fallback} |`
}

/** Help ends with `Default: value.` where there is one. */
function splitDefault(doc) {
  const match = /^(.*?)\s*Default: (.*?)\.$/.exec(doc)
  return match === null ? { text: doc, fallback: '' } : { text: match[1], fallback: match[2] }
}

function sectionsOf(page) {
  const sections = []
  for (const line of page.split('\n')) {
    const title = /^([A-Z][^:]*):$/.exec(line)?.[1]
    if (title !== undefined) sections.push({ title, options: [] })
    const section = sections.at(-1)
    if (section === undefined || section.title === 'Examples') continue
    if (/^ {2}-/.test(line)) {
      const hasDoc = line.length > DOC_COLUMN && line[DOC_COLUMN - 1] === ' '
      const at = hasDoc ? DOC_COLUMN : line.length
      section.options.push({ label: line.slice(0, at).trim(), doc: line.slice(at).trim() })
    } else if (line.startsWith(' '.repeat(DOC_COLUMN))) {
      const option = section.options.at(-1)
      if (option !== undefined) option.doc = `${option.doc} ${line.trim()}`.trim()
    }
  }
  return sections
}
