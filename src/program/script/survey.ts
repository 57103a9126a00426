import type { AnyNode, CallExpression } from 'acorn'
import type { ModuleUse } from './compiled-module.ts'
import { childrenOf, isConfigurationChain, peel } from './syntax-tree.ts'

/** A name that `pipy({ … })` declares, and where. */
export interface DeclaredVariable {
  readonly name: string
  readonly offset: number
}

/** What a first look over a script's syntax tree finds. */
export interface Survey {
  /** Every identifier that occurs, whatever it means: names made up by us must not be among them. */
  readonly identifiers: ReadonlySet<string>
  /** Context variables, or null when some `pipy` call does not list its variables literally. */
  readonly variables: readonly DeclaredVariable[] | null
  readonly uses: readonly ModuleUse[]
  readonly hasComputedUse: boolean
  /** Where the first `await` stands, -1 if there is none. */
  readonly awaitOffset: number
}

/**
 * Collects the facts about a script that rewriting needs beforehand. Every `pipy(…)` call counts,
 * wherever it stands, so that a configuration may be made inside a function.
 */
export function surveyScript(root: AnyNode): Survey {
  const identifiers = new Set<string>()
  const found: ModuleUse[] = []
  const variables: DeclaredVariable[] = []
  let isLiteral = true
  let hasComputedUse = false
  let awaitOffset = -1

  const look = (node: AnyNode): void => {
    if (node.type === 'Identifier') identifiers.add(node.name)
    if (node.type === 'AwaitExpression' && awaitOffset < 0) awaitOffset = node.start
    if (node.type === 'CallExpression') {
      const callee = peel(node.callee)
      if (callee.type === 'Identifier' && callee.name === 'pipy') {
        const declared = declaredVariables(node)
        if (declared === null) isLiteral = false
        else variables.push(...declared)
      } else if (isUseCall(node)) {
        const name = isConfigurationChain(node) ? literalString(node.arguments[0]) : null
        if (name === null) hasComputedUse = true
        else found.push({ name, offset: node.arguments[0]?.start ?? 0 })
      }
    }
    for (const child of childrenOf(node)) look(child)
  }
  look(root)
  // Calls nest outwards, so that the tree meets the last `use` of a chain first.
  found.sort((a, b) => a.offset - b.offset)
  const uses = found.filter(({ name }, i) => found.findIndex((use) => use.name === name) === i)
  return {
    identifiers,
    variables: isLiteral ? variables : null,
    uses,
    hasComputedUse,
    awaitOffset,
  }
}

/** The keys of the object literal given to `pipy`; null when they are not all written out. */
function declaredVariables(call: CallExpression): DeclaredVariable[] | null {
  const [argument] = call.arguments
  if (argument === undefined) return []
  const literal = peel(argument)
  if (literal.type !== 'ObjectExpression') return null
  const declared: DeclaredVariable[] = []
  for (const property of literal.properties) {
    if (property.type === 'SpreadElement' || property.computed) return null
    const { key } = property
    const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? key.value : null
    // `__proto__: value` sets the prototype and declares nothing.
    if (name === '__proto__' && !property.shorthand && !property.method) continue
    declared.push({ name: String(name), offset: property.start })
  }
  return declared
}

function isUseCall(call: CallExpression): boolean {
  const callee = peel(call.callee)
  return (
    callee.type === 'MemberExpression' &&
    !callee.computed &&
    callee.property.type === 'Identifier' &&
    callee.property.name === 'use' &&
    call.arguments.length >= 2
  )
}

function literalString(node: AnyNode | undefined): string | null {
  if (node === undefined) return null
  const inner = peel(node)
  if (inner.type === 'Literal' && typeof inner.value === 'string') return inner.value
  if (inner.type === 'TemplateLiteral' && inner.expressions.length === 0) {
    return inner.quasis[0]?.value.cooked ?? null
  }
  return null
}
