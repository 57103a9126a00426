import { AddressList } from './address-list.ts'

/** Addresses and networks of clients that are let in, or not; plain data. */
export interface AccessRules {
  /** If it is given, nobody else is let in. */
  readonly allow?: string[] | undefined
  /** Not let in, whatever `allow` says. */
  readonly deny?: string[] | undefined
}

/** Says whether a client is let in. */
export class Access {
  readonly #allowed: AddressList | null
  readonly #denied: AddressList

  /** Throws a TypeError for what is neither address nor network. */
  constructor({ allow, deny = [] }: AccessRules) {
    this.#allowed = allow === undefined ? null : new AddressList(allow)
    this.#denied = new AddressList(deny)
  }

  /** Who comes by a Unix socket has no address: the rights of its file say who may. */
  admits(address: string): boolean {
    if (address === '') return true
    return !this.#denied.has(address) && this.#allowed?.has(address) !== false
  }
}

/** Checks what a script gives as rules; `option` is what it is called. Throws a TypeError. */
export function readAccess(rules: unknown, option: string): AccessRules {
  if (typeof rules !== 'object' || rules === null)
    throw new TypeError(`${option} must be an object`)
  for (const [key, list] of Object.entries(rules)) {
    if (key !== 'allow' && key !== 'deny') throw new TypeError(`there is no ${option}.${key}`)
    if (list !== undefined && !Array.isArray(list)) {
      throw new TypeError(`${option}.${key} must be an array`)
    }
  }
  new Access(rules)
  return rules
}
