import type { AnyNode, CallExpression, Identifier } from 'acorn'
import { formatAddress } from '../format-address.ts'
import { parseScript } from '../script/parse-script.ts'
import { placeOf } from '../script/source-text.ts'
import { childrenOf, isConfigurationChain, peel } from '../script/syntax-tree.ts'
import { targetsOf } from './flow.ts'
import { literalValue } from './literal-value.ts'
import type { PipelineSketch, SourceRange, StageSketch } from './sketch.ts'

/** One method call of a chain, `name(args)`. */
interface Link {
  readonly name: Identifier
  readonly call: CallExpression
}

/**
 * Reads the pipelines out of a script's text, running nothing of it: the calls that are chained
 * behind `pipy()`. What arguments are is known as far as they are literals. Throws a `ScriptError`
 * when the text does not parse.
 */
export function sketchScript(path: string, text: string): PipelineSketch[] {
  // As the compiler does, so that columns are the same.
  const source = text.replace(/^\uFEFF/, '')
  const chain = findChain(parseScript(path, source).expression)
  const pipelines: (PipelineSketch & { stages: StageSketch[]; targets: string[] })[] = []
  const counts = { listen: 0, task: 0, pipeline: 0 }
  for (const { name, call } of linksOf(chain)) {
    const args = call.arguments.map(literalValue)
    const place = rangeOf(source, name.start, call.end)
    if (isEntry(name.name)) {
      const number = ++counts[name.name]
      const named = nameEntry(name.name, args, number)
      const options = textOf(source, call.arguments.slice(1))
      pipelines.push({ kind: name.name, ...named, options, place, stages: [], targets: [] })
      continue
    }
    const current = pipelines.at(-1)
    current?.stages.push({ name: name.name, args, options: textOf(source, call.arguments), place })
    current?.targets.push(...targetsOf(name.name, args))
  }
  return pipelines
}

/** The longest chain that starts with `pipy(…)`: the outermost call of it comes first. */
function findChain(node: AnyNode): AnyNode | undefined {
  if (node.type === 'CallExpression' && isConfigurationChain(node)) return node
  for (const child of childrenOf(node)) {
    const found = findChain(child)
    if (found !== undefined) return found
  }
  return undefined
}

/** The calls of a chain in the order of the text, without `pipy(…)` itself. */
function linksOf(chain: AnyNode | undefined): Link[] {
  const links: Link[] = []
  let node = chain === undefined ? undefined : peel(chain)
  while (node !== undefined) {
    if (node.type === 'MemberExpression') node = peel(node.object)
    else if (node.type === 'CallExpression') {
      const callee = peel(node.callee)
      if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier')
        links.unshift({ name: callee.property, call: node })
      node = callee
    } else node = undefined
  }
  return links
}

function isEntry(name: string): name is PipelineSketch['kind'] {
  return name === 'listen' || name === 'task' || name === 'pipeline'
}

function nameEntry(
  kind: PipelineSketch['kind'],
  [first, second]: readonly unknown[],
  number: number,
): { name: string; title: string } {
  const isKnown = typeof first === 'string' || typeof first === 'number'
  switch (kind) {
    case 'listen': {
      if (!isKnown) return { name: `Listen #${number}`, title: `Listen #${number}` }
      const given = second as { host?: unknown } | null | undefined
      const host = typeof given?.host === 'string' ? given.host : '0.0.0.0'
      const name = formatAddress({ host, port: Number(first) })
      return { name, title: `Listen on ${name}` }
    }
    case 'task': {
      const name = `Task #${number}`
      if (!isKnown) return { name, title: name }
      const interval = typeof first === 'number' ? `${first}s` : first
      return { name, title: `${name} (every ${interval})` }
    }
    case 'pipeline': {
      const name = isKnown ? String(first) : `Pipeline #${number}`
      return { name, title: name }
    }
  }
}

function textOf(source: string, nodes: readonly AnyNode[]): string {
  const [first] = nodes
  const last = nodes.at(-1)
  return first === undefined || last === undefined ? '' : source.slice(first.start, last.end)
}

function rangeOf(source: string, start: number, end: number): SourceRange {
  const { line, column } = placeOf(source, start)
  const { line: endLine, column: endColumn } = placeOf(source, end)
  return { line, column, endLine, endColumn }
}
