import type {
  AnyNode,
  AssignmentExpression,
  BinaryExpression,
  Identifier,
  MemberExpression,
  UnaryExpression,
  UpdateExpression,
} from 'acorn'
import type MagicString from 'magic-string'
import { isPlainMember, mayGrow, propertyName, type RepeatableTarget } from './assignment-target.ts'
import { givesNumber, givesText, isArithmetic, isDefined, isNumber, isText } from './operand.ts'
import { peel } from './syntax-tree.ts'

/** What the arithmetic needs to know of the code around it. */
export interface SurroundingCode {
  /** The code that an identifier becomes. */
  nameCode(name: Identifier, isWritten: boolean): string
  /** The code that `this` becomes. */
  thisCode(): string
  visit(node: AnyNode): void
  /** Visits what is assigned to. */
  visitTarget(node: AnyNode): void
}

const METHODS: Readonly<Record<string, string>> = {
  '+=': 'add',
  '-=': 'sub',
  '*=': 'mul',
  '/=': 'div',
  '%=': 'mod',
  '**=': 'pow',
}

const STEPS = {
  '++': ['increment', 'postIncrement'],
  '--': ['decrement', 'postDecrement'],
} as const

/**
 * Rewrites operators so that `undefined` counts as 0 and arrays grow without holes.
 *
 *     _x - 1        $u.num($.v._x) - 1
 *     _x + _y       $u.add($.v._x, $.v._y)
 *     _x++          ($.v._x ??= 0, $.v._x++)
 *     _x += v       ($.v._x = $u.add($.v._x, v))
 *     _a[i] = v     ($u.fill($.v._a, i, $.v._a[i] = v))
 *     f().n += v    ($u.ref(f(), "n").add(v))    whatever may not be evaluated twice
 */
export class ArithmeticRewriter {
  readonly #text: MagicString
  readonly #helpers: string
  readonly #around: SurroundingCode

  /** `helpers` is the name of the arithmetic helpers in the generated code. */
  constructor(text: MagicString, helpers: string, around: SurroundingCode) {
    this.#text = text
    this.#helpers = helpers
    this.#around = around
  }

  unary({ operator, argument }: UnaryExpression): void {
    if (operator === '-' || operator === '+') this.#number(argument)
    this.#around.visit(argument)
  }

  binary(node: BinaryExpression): void {
    const { left, operator, right } = node
    if (isArithmetic(operator)) {
      this.#number(left)
      this.#number(right)
    } else if (operator === '+' && !givesText(node)) {
      if (givesNumber(right)) this.#number(left)
      else if (givesNumber(left)) this.#number(right)
      else if (!(isDefined(left) && isDefined(right))) {
        this.#open(node.start, 'add')
        this.#replace(left.end, right.start, ', ')
        this.#text.prependLeft(node.end, ')')
      }
    }
    this.#around.visit(left)
    this.#around.visit(right)
  }

  /** Makes an operand 0 where it is undefined. */
  #number(operand: AnyNode): void {
    if (isDefined(operand)) return
    this.#open(operand.start, 'num')
    this.#text.prependLeft(operand.end, ')')
  }

  /** Writes the beginning of a helper call, apart from a keyword before it. */
  #open(start: number, helper: string): void {
    const space = /[\w$]/.test(this.#text.original[start - 1] ?? '') ? ' ' : ''
    this.#text.appendRight(start, `${space}${this.#helpers}.${helper}(`)
  }

  update(node: UpdateExpression): void {
    const target = peel(node.argument)
    const { operator, prefix } = node
    const repeatable = this.#repeatable(target)
    if (repeatable !== null) {
      const { code } = repeatable
      const step = prefix ? operator + code : code + operator
      const whole = this.#filled(repeatable, `(${code} ??= 0, ${step})`)
      this.#replace(node.start, node.end, repeatable.element === null ? whole : `(${whole})`)
    } else if (isPlainMember(target)) {
      this.#openReference(node.start, target, 'ref')
      this.#replace(target.property.end, node.end, `).${STEPS[operator][prefix ? 0 : 1]}())`)
    } else this.#around.visit(target)
  }

  assignment(node: AssignmentExpression): void {
    const target = peel(node.left)
    const { operator, right } = node
    const method = isText(right) ? undefined : METHODS[operator]
    const repeatable = this.#repeatable(target)
    if (repeatable !== null && (method !== undefined || repeatable.element !== null)) {
      // The text between what is written here and `close` is the right side.
      const { open, close } = this.#compound(repeatable.code, operator, right)
      this.#replace(node.start, right.start, `(${this.#filled(repeatable, open, '')}`)
      this.#text.prependLeft(node.end, `${close}${repeatable.element === null ? '' : ')'})`)
    } else if (isPlainMember(target) && operator === '=' && mayGrow(target)) {
      this.#openReference(node.start, target, 'put')
      this.#replace(target.property.end, right.start, ', (')
      this.#text.prependLeft(node.end, ')))')
    } else if (isPlainMember(target) && method !== undefined) {
      this.#openReference(node.start, target, 'ref')
      this.#replace(target.property.end, right.start, `).${method}(`)
      this.#text.prependLeft(node.end, '))')
    } else this.#around.visitTarget(node.left)
    this.#around.visit(right)
  }

  /** The code around the right side of an assignment to a target that may be repeated. */
  #compound(target: string, operator: string, right: AnyNode): { open: string; close: string } {
    const helpers = this.#helpers
    const method = METHODS[operator]
    if (method === undefined || isText(right)) return { open: `${target} ${operator} `, close: '' }
    if (isNumber(right)) {
      return { open: `(${target} ??= 0, ${target} ${operator} `, close: ')' }
    }
    if (method === 'add') return { open: `${target} = ${helpers}.add(${target}, `, close: ')' }
    const sign = operator.slice(0, -1)
    const left = `${helpers}.num(${target})`
    return { open: `${target} = ${left} ${sign} ${helpers}.num(`, close: ')' }
  }

  /** Wraps code that writes an element so that a gap before the element is filled. */
  #filled({ element }: RepeatableTarget, code: string, close = ')'): string {
    if (element === null) return code
    return `${this.#helpers}.fill(${element.object}, ${element.key}, ${code}${close}`
  }

  /** Writes a helper call up to and including the member's object and key. */
  #openReference(start: number, target: MemberExpression, helper: 'ref' | 'put'): void {
    const { object, property } = target
    this.#replace(start, object.start, `(${this.#helpers}.${helper}(`)
    this.#around.visit(object)
    if (target.computed) {
      this.#replace(object.end, property.start, ', (')
      this.#text.prependLeft(property.end, ')')
      this.#around.visit(property)
    } else this.#replace(object.end, property.end, `, "${propertyName(target)}"`)
  }

  /** The code of a target that may be evaluated more than once; null for any other. */
  #repeatable(target: AnyNode): RepeatableTarget | null {
    if (target.type === 'Identifier')
      return { code: this.#around.nameCode(target, true), element: null }
    if (target.type !== 'MemberExpression') return null
    const object = this.#repeatableValue(target.object)
    if (object === null) return null
    if (!target.computed) return { code: `${object}.${propertyName(target)}`, element: null }
    const key = this.#repeatableValue(target.property)
    if (key === null) return null
    return { code: `${object}[${key}]`, element: mayGrow(target) ? { object, key } : null }
  }

  #repeatableValue(node: AnyNode): string | null {
    const value = peel(node)
    switch (value.type) {
      case 'Identifier':
        return this.#around.nameCode(value, false)
      case 'ThisExpression':
        return this.#around.thisCode()
      case 'Literal':
        return isNumber(value) || isText(value) ? (value.raw ?? null) : null
      default:
        return null
    }
  }

  /** Puts `code` in the place of a range, which may be empty. */
  #replace(start: number, end: number, code: string): void {
    if (start === end) this.#text.appendRight(start, code)
    else this.#text.update(start, end, code)
  }
}
