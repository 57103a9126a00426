import type {
  AnyNode,
  AssignmentProperty,
  Function as FunctionNode,
  Identifier,
  Property,
} from 'acorn'
import type MagicString from 'magic-string'
import { ArithmeticRewriter } from './arithmetic-rewriter.ts'
import { LexicalScope } from './lexical-scope.ts'
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

const NO_IMPORT = "'import' is not supported: modules are joined by use()"

/**
 * Turns a script's expression into JavaScript that runs on V8: free identifiers get their meaning,
 * `undefined` counts as 0 in arithmetic, arrays grow without holes.
 *
 *     _x            $.v._x                       a context variable
 *     _f(1)         (0, $.v._f)(1)               without the variables as `this`
 *     { _x }        { _x: $.v._x }
 *     _x++ …        what ArithmeticRewriter makes of it
 *
 * Nodes are visited outside in. Text is opened with `appendRight` and closed with `prependLeft`, so
 * that what is added by an outer node encloses what is added by an inner one at the same place.
 */
export class Rewriter {
  readonly #text: MagicString
  readonly #rules: RewriteRules
  readonly #arithmetic: ArithmeticRewriter
  #scope = new LexicalScope(null)
  #this: ThisKind = 'none'
  #hasArguments = false

  constructor(text: MagicString, rules: RewriteRules) {
    this.#text = text
    this.#rules = rules
    this.#arithmetic = new ArithmeticRewriter(text, rules.helpers, {
      nameCode: (name, isWritten) => this.#nameCode(name, isWritten),
      thisCode: () => this.#thisCode(),
      visit: (node) => this.#visit(node, 'value'),
      visitTarget: (node) => this.#visit(node, 'target'),
    })
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
        this.#arithmetic.assignment(node)
        break
      case 'UpdateExpression':
        this.#arithmetic.update(node)
        break
      case 'UnaryExpression':
        if (node.operator === 'delete' && peel(node.argument).type === 'Identifier') {
          this.#replace(node.start, node.end, '(false)')
        } else this.#arithmetic.unary(node)
        break
      case 'BinaryExpression':
        this.#arithmetic.binary(node)
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

  #replace(start: number, end: number, code: string): void {
    this.#text.update(start, end, code)
  }
}
