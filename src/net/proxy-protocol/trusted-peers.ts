import { BlockList, isIP } from 'node:net'

/** Whether an address, '' of a Unix socket, may tell on whose behalf it connects. */
export type TrustedPeers = (address: string) => boolean

/** Whether a text is an address, or a network such as `10.0.0.0/8` or `fd00::/8`. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  // An address with a zone is one of a link, which others do not know.
  if (bits < 0 || rest.length > 0 || address.includes('%')) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
}

/** Trusts these addresses and networks, or anybody if there is none. Who may open a Unix socket is trusted. */
export function trustedPeers(networks: readonly string[]): TrustedPeers {
  if (networks.length === 0) return () => true
  const list = new BlockList()
  for (const text of networks) {
    const [address = '', prefix] = text.split('/')
    if (prefix === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(prefix), familyOf(address))
  }
  return (address) => address === '' || list.check(address, familyOf(address))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
