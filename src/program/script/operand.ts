import type { AnyNode } from 'acorn'
import { peel } from './syntax-tree.ts'

/** Operators whose result is a number (or BigInt) and whose operands are made numbers. */
const ARITHMETIC_OPERATORS: ReadonlySet<string> = new Set(['-', '*', '/', '%', '**'])

/** Whether an operator makes numbers of its operands; `+` may join text instead. */
export function isArithmetic(operator: string): boolean {
  return ARITHMETIC_OPERATORS.has(operator)
}

/** Whether a node is a number as written. */
export function isNumber(node: AnyNode): boolean {
  return node.type === 'Literal' && typeof node.value === 'number'
}

/** Whether a node is a string or template as written. */
export function isText(node: AnyNode): boolean {
  return (
    node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string')
  )
}

/** Whether an expression plainly gives text: a string, or `+` with one. */
export function givesText(node: AnyNode): boolean {
  const inner = peel(node)
  if (inner.type !== 'BinaryExpression') return isText(inner)
  return inner.operator === '+' && (givesText(inner.left) || givesText(inner.right))
}

/** Whether an expression plainly gives a number or BigInt. */
export function givesNumber(node: AnyNode): boolean {
  const inner = peel(node)
  switch (inner.type) {
    case 'BinaryExpression':
      return isArithmetic(inner.operator)
    case 'UnaryExpression':
      return inner.operator === '-' || inner.operator === '+' || inner.operator === '~'
    case 'UpdateExpression':
      return true
    default:
      return isNumber(inner)
  }
}

/** Whether an expression plainly cannot give undefined. */
export function isDefined(node: AnyNode): boolean {
  const inner = peel(node)
  if (inner.type === 'UnaryExpression') return inner.operator !== 'void'
  return (
    inner.type === 'Literal' ||
    inner.type === 'BinaryExpression' ||
    givesNumber(inner) ||
    isText(inner)
  )
}
