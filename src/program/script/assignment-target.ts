import type { AnyNode, MemberExpression } from 'acorn'
import { isText } from './operand.ts'
import { peel } from './syntax-tree.ts'

/** An assignment target that may be evaluated more than once, as code. */
export interface RepeatableTarget {
  readonly code: string
  /** Code of the object and of the key by which an array can grow; null when none can. */
  readonly element: { readonly object: string; readonly key: string } | null
}

/** A member of an object that the arithmetic helpers can read and write by object and key. */
export function isPlainMember(target: AnyNode): target is MemberExpression {
  return (
    target.type === 'MemberExpression' &&
    target.object.type !== 'Super' &&
    target.property.type !== 'PrivateIdentifier'
  )
}

/** Whether a write to the member can leave a gap in an array: by any key but text and 0. */
export function mayGrow(target: MemberExpression): boolean {
  if (!target.computed) return false
  const key = peel(target.property)
  return !isText(key) && !(key.type === 'Literal' && key.value === 0)
}

/** The name in `object.name` and `object.#name`, as written. */
export function propertyName({ property }: MemberExpression): string {
  if (property.type === 'PrivateIdentifier') return `#${property.name}`
  return property.type === 'Identifier' ? property.name : ''
}
