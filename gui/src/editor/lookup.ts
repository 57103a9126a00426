import type { FilterDoc, GlobalDoc, Registry } from '../../../src/admin/gui/contract.ts'

/** Something that scripts can name, with its documentation. */
export type Entry =
  | { readonly type: 'filter'; readonly doc: FilterDoc }
  | { readonly type: 'global'; readonly doc: GlobalDoc; readonly owner?: string }

/** What stands before the cursor, as far as it tells what may follow. */
interface Context {
  /** Behind a dot. */
  readonly isMember: boolean
  /** The name before the dot; missing behind a bracket or at the beginning of a line. */
  readonly owner?: string
  /** What there is of the word. */
  readonly word: string
}

const MEMBER = /([A-Za-z_$][\w$]*)?[ \t]*\??\.[ \t]*([\w$]*)$/
const WORD = /[A-Za-z_$][\w$]*$/

/** All that can stand where `before` ends, most likely ones first; the word itself is not looked at. */
export function candidates(registry: Registry, before: string): Entry[] {
  const { isMember, owner } = contextOf(before)
  if (!isMember) return registry.globals.map((doc) => ({ type: 'global', doc }))
  if (owner === undefined) return [...chain(registry), ...anyMember(registry)]
  const known = registry.globals.find((one) => one.name === owner)
  if (known !== undefined) return known.members.map((doc) => ({ type: 'global', doc, owner }))
  return anyMember(registry)
}

/** What a word means that stands behind `before`. */
export function explain(registry: Registry, before: string, word: string): Entry | undefined {
  return candidates(registry, before + word).find((one) => one.doc.name === word)
}

/** The part of a word that stands before the cursor; undefined where no name can be. */
export function wordBefore(before: string): string | undefined {
  const { isMember, word } = contextOf(before)
  return isMember || word !== '' ? word : undefined
}

function contextOf(before: string): Context {
  const member = MEMBER.exec(before)
  if (member === null) return { isMember: false, word: WORD.exec(before)?.[0] ?? '' }
  const [, owner, word = ''] = member
  return { isMember: true, word, ...(owner === undefined ? {} : { owner }) }
}

/** What can be called on what `pipy()` returns. */
function chain({ entries, filters }: Registry): Entry[] {
  return [...entries, ...filters].map((doc) => ({ type: 'filter', doc }))
}

/** Members of all classes: the type of an expression is not known. */
function anyMember({ globals }: Registry): Entry[] {
  const found = new Map<string, Entry>()
  const visit = (doc: GlobalDoc): void => {
    for (const member of doc.members) {
      const isOfInstances = doc.kind === 'class' && member.kind !== 'class'
      if (isOfInstances && !found.has(member.name))
        found.set(member.name, { type: 'global', doc: member, owner: doc.name })
      visit(member)
    }
  }
  for (const doc of globals) visit(doc)
  return [...found.values()]
}
