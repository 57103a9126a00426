import type { AnyNode } from 'acorn'
import { peel } from '../script/syntax-tree.ts'

/** Stands for functions, which are known to be functions and no more. */
function unknownFunction(): undefined {}

/** The value of an expression as far as it is written out; undefined where running it would tell. */
export function literalValue(node: AnyNode): unknown {
  const inner = peel(node)
  switch (inner.type) {
    case 'Literal':
      return inner.value
    case 'TemplateLiteral':
      return inner.expressions.length === 0 ? inner.quasis[0]?.value.cooked : undefined
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return unknownFunction
    case 'ArrayExpression':
      return inner.elements.map((item) => (item === null ? undefined : literalValue(item)))
    case 'ObjectExpression': {
      const value: Record<string, unknown> = Object.create(null)
      for (const property of inner.properties) {
        if (property.type !== 'Property' || property.computed) continue
        const { key } = property
        const name =
          key.type === 'Identifier' ? key.name : key.type === 'Literal' ? key.value : null
        if (name !== null) value[String(name)] = literalValue(property.value)
      }
      return value
    }
    case 'UnaryExpression': {
      const value = literalValue(inner.argument)
      return inner.operator === '-' && typeof value === 'number' ? -value : undefined
    }
    default:
      return undefined
  }
}
