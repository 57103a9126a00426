import type {
  AnyNode,
  AssignmentExpression,
  AssignmentProperty,
  BinaryExpression,
  Function as FunctionNode,
  Identifier,
  MemberExpression,
  Property,
  UpdateExpression,
} from 'acorn'
import type MagicString from 'magic-string'
import { isPlainMember, mayGrow, propertyName, type RepeatableTarget } from './assignment-target.ts'
import { LexicalScope } from './lexical-scope.ts'
import { givesNumber, givesText, isArithmetic, isDefined, isNumber, isText } from './operand.ts'
import { childrenOf, peel } from './syntax-tree.ts'

/** What a free identifier stands for, as the code that takes its place. */
export type NameMeaning =
  | { readonly kind: 'variable'; readonly code: string }
  | { readonly kind: 'constant'; readonly code: string }
  | { readonly kind: 'global' }

/** What the rewriter asks of the module compiler. */
export interface RewriteRules {
  /** Name of the arithmetic helpers in the generated code. */
  readonly helpers: string
  /** Says what a free identifier means; throws for an unknown one. */
  resolve(name: Identifier, isWritten: boolean): NameMeaning
  fail(message: string, offset: number): never
}

/** What `this` is: nothing, a function's, or a class member's. */
type ThisKind = 'none' | 'function' | 'class'

/** How the visited node is used, where that changes what it becomes. */
type Role = 'value' | 'callee' | 'target'

const METHODS: Readonly<Record<string, string>> = {
  '+=': 'add',
  '-=': 'sub',
  '*=': 'mul',
  '/=': 'div',
  '%=': 'mod',
  '**=': 'pow',
}

const NO_IMPORT = "'import' is not supported: modules are joined by use()"

const STEPS = {
  '++': ['increment', 'postIncrement'],
  '--': ['decrement', 'postDecrement'],
} as const

/**
 * Turns a script's expression into JavaScript that runs on V8: free identifiers get their meaning,
 * `undefined` counts as 0 in arithmetic, arrays grow without holes.
 *
 *     _x            $.v._x                       a context variable
 *     _x - 1        $u.num($.v._x) - 1
 *     _x + _y       $u.add($.v._x, $.v._y)
 *     _f(1)         (0, $.v._f)(1)               without the variables as `this`
 *     { _x }        { _x: $.v._x }
 *     _x++          ($.v._x ??= 0, $.v._x++)
 *     _x += v       ($.v._x = $u.add($.v._x, v))
 *     _a[i] = v     ($u.fill($.v._a, i, $.v._a[i] = v))
 *     f().n += v    ($u.ref(f(), "n").add(v))    whatever may not be evaluated twice
 *
 * Nodes are visited outside in. Text is opened with `appendRight` and closed with `prependLeft`, so
 * that what is added by an outer node encloses what is added by an inner one at the same place.
 */
export class Rewriter {
  readonly #text: MagicString
  readonly #rules: RewriteRules
  #scope = new LexicalScope(null)
  #this: ThisKind = 'none'
  #hasArguments = false

  constructor(text: MagicString, rules: RewriteRules) {
    this.#text = text
    this.#rules = rules
  }

  /** Rewrites one expression and everything below it. */
  rewrite(root: AnyNode): void {
    this.#visit(root, 'value')
  }

  #visit(node: AnyNode, role: Role): void {
    switch (node.type) {
      case 'Identifier':
        this.#name(node, role)
        break
      case 'ThisExpression':
        this.#replace(node.start, node.end, this.#thisCode())
        break
      case 'ParenthesizedExpression':
        this.#visit(node.expression, role)
        break
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.#function(node)
        break
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.#within(() => {
          if (node.id) this.#scope.declare(node.id.name)
          if (node.superClass) this.#visit(node.superClass, 'value')
          this.#visit(node.body, 'value')
        })
        break
      case 'PropertyDefinition':
      case 'StaticBlock':
        this.#classMember(node)
        break
      case 'MethodDefinition':
        if (node.computed) this.#visit(node.key, 'value')
        this.#function(node.value, 'class')
        break
      case 'Property':
        this.#property(node, role)
        break
      case 'MemberExpression':
        this.#visit(node.object, 'value')
        if (node.computed) this.#visit(node.property, 'value')
        break
      case 'CallExpression':
        this.#visit(node.callee, 'callee')
        for (const argument of node.arguments) this.#visit(argument, 'value')
        break
      case 'TaggedTemplateExpression':
        this.#visit(node.tag, 'callee')
        this.#visit(node.quasi, 'value')
        break
      case 'AssignmentExpression':
        this.#assignment(node)
        break
      case 'UpdateExpression':
        this.#update(node)
        break
      case 'UnaryExpression':
        if (node.operator === 'delete' && peel(node.argument).type === 'Identifier') {
          this.#replace(node.start, node.end, '(false)')
        } else {
          if (node.operator === '-' || node.operator === '+') this.#number(node.argument)
          this.#visit(node.argument, 'value')
        }
        break
      case 'BinaryExpression':
        this.#binary(node)
        break
      case 'ArrayPattern':
      case 'ObjectPattern':
        for (const child of childrenOf(node)) this.#visit(child, 'target')
        break
      case 'RestElement':
        this.#visit(node.argument, 'target')
        break
      case 'AssignmentPattern':
        this.#visit(node.left, 'target')
        this.#visit(node.right, 'value')
        break
      case 'BlockStatement':
        this.#within(() => this.#statements(node.body))
        break
      case 'SwitchStatement':
        this.#visit(node.discriminant, 'value')
        this.#within(() => {
          for (const { consequent } of node.cases) this.#scope.declareBlock(consequent)
          for (const { test, consequent } of node.cases) {
            if (test) this.#visit(test, 'value')
            this.#list(consequent)
          }
        })
        break
      case 'ForStatement':
        this.#within(() => {
          if (node.init?.type === 'VariableDeclaration') this.#scope.declareVariables(node.init)
          this.#children(node)
        })
        break
      case 'ForInStatement':
      case 'ForOfStatement':
        this.#within(() => {
          if (node.left.type === 'VariableDeclaration') this.#scope.declareVariables(node.left)
          this.#visit(node.left, node.left.type === 'VariableDeclaration' ? 'value' : 'target')
          this.#visit(node.right, 'value')
          this.#visit(node.body, 'value')
        })
        break
      case 'CatchClause':
        this.#within(() => {
          if (node.param) this.#scope.declarePattern(node.param)
          this.#children(node)
        })
        break
      case 'LabeledStatement':
        this.#visit(node.body, 'value')
        break
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
        break
      case 'WithStatement':
        this.#rules.fail("'with' is not supported", node.start)
        break
      case 'ImportExpression':
        this.#rules.fail(NO_IMPORT, node.start)
        break
      default:
        this.#children(node)
        break
    }
  }

  #children(node: AnyNode): void {
    for (const child of childrenOf(node)) this.#visit(child, 'value')
  }

  #statements(body: readonly AnyNode[]): void {
    this.#scope.declareBlock(body)
    this.#list(body)
  }

  #list(statements: readonly AnyNode[]): void {
    for (const statement of statements) {
      // What we write may begin with a parenthesis, which must not continue the line before.
      if (statement.type === 'ExpressionStatement' && statement.directive === undefined) {
        this.#text.appendRight(statement.start, ';')
      }
      this.#visit(statement, 'value')
    }
  }

  #function(node: FunctionNode, thisKind: ThisKind = 'function'): void {
    const before = { this: this.#this, hasArguments: this.#hasArguments }
    this.#within(() => {
      if (node.type !== 'ArrowFunctionExpression') {
        if (node.id) this.#scope.declare(node.id.name)
        this.#this = thisKind
        this.#hasArguments = true
      }
      for (const parameter of node.params) this.#scope.declarePattern(parameter)
      const { body } = node
      if (body.type === 'BlockStatement') {
        for (const statement of body.body) this.#scope.declareHoisted(statement)
        for (const parameter of node.params) this.#visit(parameter, 'target')
        this.#statements(body.body)
      } else {
        for (const parameter of node.params) this.#visit(parameter, 'target')
        this.#visit(body, 'value')
      }
    })
    this.#this = before.this
    this.#hasArguments = before.hasArguments
  }

  #classMember(node: AnyNode): void {
    if (node.type === 'PropertyDefinition' && node.computed) this.#visit(node.key, 'value')
    const before = this.#this
    this.#this = 'class'
    if (node.type === 'PropertyDefinition' && node.value) this.#visit(node.value, 'value')
    if (node.type === 'StaticBlock') {
      this.#within(() => {
        for (const statement of node.body) this.#scope.declareHoisted(statement)
        this.#statements(node.body)
      })
    }
    this.#this = before
  }

  /** Visits inside a new scope. */
  #within(visit: () => void): void {
    const outer = this.#scope
    this.#scope = new LexicalScope(outer)
    visit()
    this.#scope = outer
  }

  #property(node: Property | AssignmentProperty, role: Role): void {
    if (node.computed) this.#visit(node.key, 'value')
    if (!node.shorthand) {
      this.#visit(node.value, role)
      return
    }
    // `{ x }` and, in patterns, `{ x = 1 }`: the value stands in the same place as the key.
    const value: AnyNode = node.value
    const name = value.type === 'AssignmentPattern' ? value.left : value
    if (name.type === 'Identifier') {
      const code = this.#nameCode(name, role === 'target')
      if (code !== name.name) this.#replace(name.start, name.end, `${name.name}: ${code}`)
    }
    if (value.type === 'AssignmentPattern') this.#visit(value.right, 'value')
  }

  #name(node: Identifier, role: Role): void {
    const code = this.#nameCode(node, role === 'target')
    if (code === node.name) return
    if (role === 'callee') this.#replace(node.start, node.end, `(0, ${code})`)
    else this.#replace(node.start, node.end, code)
  }

  /** The code that an identifier becomes: itself if it is a local or a global. */
  #nameCode(node: Identifier, isWritten: boolean): string {
    if (this.#scope.has(node.name)) return node.name
    if (node.name === 'arguments' && this.#hasArguments) return node.name
    const meaning = this.#rules.resolve(node, isWritten)
    return meaning.kind === 'global' ? node.name : meaning.code
  }

  #thisCode(): string {
    switch (this.#this) {
      case 'none':
        return '(void 0)'
      case 'function':
        return `(${this.#rules.helpers}.self(this))`
      case 'class':
        return 'this'
    }
  }

  #binary(node: BinaryExpression): void {
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
    this.#visit(left, 'value')
    this.#visit(right, 'value')
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
    this.#text.appendRight(start, `${space}${this.#rules.helpers}.${helper}(`)
  }

  #update(node: UpdateExpression): void {
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
    } else this.#visit(target, 'value')
  }

  #assignment(node: AssignmentExpression): void {
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
    } else this.#visit(node.left, 'target')
    this.#visit(right, 'value')
  }

  /** The code around the right side of an assignment to a target that may be repeated. */
  #compound(target: string, operator: string, right: AnyNode): { open: string; close: string } {
    const { helpers } = this.#rules
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
    return `${this.#rules.helpers}.fill(${element.object}, ${element.key}, ${code}${close}`
  }

  /** Writes a helper call up to and including the member's object and key. */
  #openReference(start: number, target: MemberExpression, helper: 'ref' | 'put'): void {
    const { object, property } = target
    this.#replace(start, object.start, `(${this.#rules.helpers}.${helper}(`)
    this.#visit(object, 'value')
    if (target.computed) {
      this.#replace(object.end, property.start, ', (')
      this.#text.prependLeft(property.end, ')')
      this.#visit(property, 'value')
    } else this.#replace(object.end, property.end, `, "${propertyName(target)}"`)
  }

  /** The code of a target that may be evaluated more than once; null for any other. */
  #repeatable(target: AnyNode): RepeatableTarget | null {
    if (target.type === 'Identifier') return { code: this.#nameCode(target, true), element: null }
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
        return this.#nameCode(value, false)
      case 'ThisExpression':
        return this.#thisCode()
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
