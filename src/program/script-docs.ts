import { SCRIPT_TYPES } from './script-types.ts'

/** Something that scripts see, out of the declarations: with its members, if it has any. */
export interface ScriptDoc {
  readonly name: string
  readonly kind: 'class' | 'object' | 'function' | 'value'
  /** The declaration without its members. */
  readonly signature: string
  readonly doc: string
  readonly members: readonly ScriptDoc[]
}

interface Draft extends ScriptDoc {
  readonly members: Draft[]
}

/** Begins something with members: the line goes on until a `}` of the same depth. */
const BLOCK = /^(?:declare )?(class|namespace|const|interface) (\w+)(.*)\{$/
const FUNCTION = /^(?:declare )?function (\w+)/
const VALUE = /^(?:declare )?(?:const|let) (\w+): /
/** A method or property: what stands before its first `(`, `<`, `?` or `:`. */
const MEMBER = /^(?:static |readonly )*(\w+)(\??[(:<])/

/**
 * Reads the declarations of what scripts see line by line: they are our own text, in which every
 * declaration and every member begins a line. Types that have no value are left out, except `JSON`,
 * which adds to JavaScript's own.
 */
export function scriptDocs(): ScriptDoc[] {
  const root: Draft[] = []
  const open: Draft[] = []
  let doc = ''
  let rest = ''
  for (const line of SCRIPT_TYPES.split('\n')) {
    const text = `${rest}${line.trim()}`
    if (text.startsWith('/**')) {
      doc = text.replace(/^\/\*\* ?| ?\*\/$/g, '')
      continue
    }
    if (text === '}') {
      open.pop()
      continue
    }
    // A declaration may go on over several lines, up to the bracket that ends it.
    rest = isComplete(text) ? '' : `${text} `
    if (rest !== '' || text === '') continue
    const found = read(text, doc)
    doc = ''
    if (found === undefined) continue
    const { draft, isBlock } = found
    const siblings = open.at(-1)?.members ?? root
    siblings.push(draft)
    if (isBlock) open.push(draft)
  }
  return root.filter(({ kind, name }) => kind !== 'object' || name === 'JSON' || isValue(name))
}

function isComplete(text: string): boolean {
  const count = (letter: string): number => text.split(letter).length
  const isBlock = BLOCK.test(text)
  return count('(') === count(')') && (isBlock || count('{') === count('}'))
}

function read(text: string, doc: string): { draft: Draft; isBlock: boolean } | undefined {
  const signature = text.replace(/^declare /, '').replace(/[ {]+$/, '')
  const block = BLOCK.exec(text)
  if (block !== null) {
    const [, word, name = ''] = block
    const kind = word === 'class' ? 'class' : 'object'
    return { draft: { name, kind, signature, doc, members: [] }, isBlock: true }
  }
  const called = FUNCTION.exec(text)?.[1]
  if (called !== undefined)
    return {
      draft: { name: called, kind: 'function', signature, doc, members: [] },
      isBlock: false,
    }
  const value = VALUE.exec(text)?.[1]
  if (value !== undefined)
    return { draft: { name: value, kind: 'value', signature, doc, members: [] }, isBlock: false }
  const [, name = '', mark = ''] = MEMBER.exec(text) ?? []
  if (name === '') return undefined
  const kind = mark.endsWith(':') ? 'value' : 'function'
  return { draft: { name, kind, signature, doc, members: [] }, isBlock: false }
}

function isValue(name: string): boolean {
  return new RegExp(`^declare (?:const|namespace) ${name}\\b`, 'm').test(SCRIPT_TYPES)
}
