/** An IPv4 address as such, which a socket for both families writes as `::ffff:192.0.2.1`. */
export function unmapIpv4(address: string): string {
  return address.replace(/^::ffff:(?=.*\.)/, '')
}
