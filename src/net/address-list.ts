import { isIP } from 'node:net'

/** What `isNetwork` takes, for messages. */
export const NETWORK_FORM = 'an address, or a network such as 10.0.0.0/8 or fd00::/8'

/** IPv4 addresses are looked at as IPv6 ones that map them (RFC 4291 §2.5.5.2). */
const MAPPED = 0xffffn << 32n

/** Whether a text is an address or a network. An address with a zone means nothing to others. */
export function isNetwork(text: string): boolean {
  return rangeOf(text) !== undefined
}

/**
 * Addresses and networks of IPv4 and IPv6, as ranges in order: finding an address is a binary
 * search. Throws a TypeError for a text that is neither.
 */
export class AddressList {
  readonly #firsts: bigint[] = []
  readonly #lasts: bigint[] = []

  constructor(networks: readonly string[]) {
    const ranges = networks.map((text) => {
      const range = rangeOf(text)
      if (range === undefined) throw new TypeError(`${NETWORK_FORM} was expected, not ${text}`)
      return range
    })
    for (const { first, last } of ranges.sort(byFirst)) {
      const end = this.#lasts.length - 1
      const before = this.#lasts[end]
      if (before === undefined || first > before + 1n) {
        this.#firsts.push(first)
        this.#lasts.push(last)
      } else if (last > before) this.#lasts[end] = last
    }
  }

  /** Whether an address, as the kernel writes it, is one of them. */
  has(address: string): boolean {
    const number = numberOf(address)
    if (number === undefined) return false
    let low = 0
    let high = this.#firsts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#firsts[middle] as bigint) <= number) low = middle + 1
      else high = middle
    }
    return low > 0 && number <= (this.#lasts[low - 1] as bigint)
  }
}

interface Range {
  readonly first: bigint
  readonly last: bigint
}

function byFirst(a: Range, b: Range): number {
  return a.first < b.first ? -1 : Number(a.first > b.first)
}

function rangeOf(text: string): Range | undefined {
  if (typeof text !== 'string' || text.includes('%')) return undefined
  const [address = '', prefix, ...rest] = text.split('/')
  const number = numberOf(address)
  const width = isIP(address) === 4 ? 32 : 128
  if (number === undefined || rest.length > 0) return undefined
  if (prefix === undefined) return { first: number, last: number }
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > width) return undefined
  const free = (1n << BigInt(width - Number(prefix))) - 1n
  return { first: number & ~free, last: number | free }
}

function numberOf(address: string): bigint | undefined {
  switch (isIP(address)) {
    case 4:
      return MAPPED | BigInt(ipv4(address))
    case 6:
      return ipv6(address)
    default:
      return undefined
  }
}

function ipv4(text: string): number {
  return text.split('.').reduce((number, part) => number * 256 + Number(part), 0)
}

function ipv6(text: string): bigint {
  const [address = ''] = text.split('%')
  const [left = '', right] = address.split('::')
  const first = groups(left)
  const last = groups(right ?? '')
  const zeros = new Array<number>(8 - first.length - last.length).fill(0)
  return [...first, ...zeros, ...last].reduce((number, one) => (number << 16n) | BigInt(one), 0n)
}

/** The last two may be written as an IPv4 address. */
function groups(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const number = ipv4(group)
    return [Math.floor(number / 65_536), number % 65_536]
  })
}
