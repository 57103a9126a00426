import type { AnyNode, Pattern, VariableDeclaration } from 'acorn'
import { childrenOf } from './syntax-tree.ts'

/** The names that one function, block or catch clause of a script declares. */
export class LexicalScope {
  readonly parent: LexicalScope | null
  readonly #names = new Set<string>()

  constructor(parent: LexicalScope | null) {
    this.parent = parent
  }

  declare(name: string): void {
    this.#names.add(name)
  }

  /** Whether `name` is a local here or further out. */
  has(name: string): boolean {
    return this.#names.has(name) || (this.parent?.has(name) ?? false)
  }

  /** Declares the names that a parameter or the left side of a declaration binds. */
  declarePattern(pattern: Pattern): void {
    switch (pattern.type) {
      case 'Identifier':
        this.declare(pattern.name)
        break
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          this.declarePattern(property.type === 'RestElement' ? property.argument : property.value)
        }
        break
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element !== null) this.declarePattern(element)
        break
      case 'AssignmentPattern':
        this.declarePattern(pattern.left)
        break
      case 'RestElement':
        this.declarePattern(pattern.argument)
        break
    }
  }

  /** Declares what the statements of one block declare for that block. */
  declareBlock(statements: readonly AnyNode[]): void {
    for (const statement of statements) {
      if (statement.type === 'VariableDeclaration') this.declareVariables(statement)
      else if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') {
        if (statement.id) this.declare(statement.id.name)
      }
    }
  }

  declareVariables(declaration: VariableDeclaration): void {
    for (const { id } of declaration.declarations) this.declarePattern(id)
  }

  /**
   * Declares what is hoisted to the function that `node` is part of: `var`, and functions in blocks,
   * which sloppy code sees in the whole function.
   */
  declareHoisted(node: AnyNode): void {
    if (node.type === 'FunctionDeclaration' && node.id) this.declare(node.id.name)
    if (node.type === 'VariableDeclaration' && node.kind === 'var') this.declareVariables(node)
    if (isFunction(node) || node.type === 'StaticBlock') return
    for (const child of childrenOf(node)) this.declareHoisted(child)
  }
}

function isFunction(node: AnyNode): boolean {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  )
}
