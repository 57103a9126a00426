import type { AnyNode, CallExpression } from 'acorn'

/** The direct children of a node, in no particular order. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = []
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) children.push(item)
    } else if (isNode(value)) children.push(value)
  }
  return children
}

/** The expression inside any number of parentheses. */
export function peel(node: AnyNode): AnyNode {
  let inner = node
  while (inner.type === 'ParenthesizedExpression') inner = inner.expression
  return inner
}

/** Whether a call is the last link of a chain that starts with `pipy(…)`. */
export function isConfigurationChain(call: CallExpression): boolean {
  let node: AnyNode = call
  for (;;) {
    node = peel(node)
    if (node.type === 'CallExpression') {
      const callee: AnyNode = peel(node.callee)
      if (callee.type === 'Identifier') return callee.name === 'pipy'
      node = callee
    } else if (node.type === 'MemberExpression') node = node.object
    else return false
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}
