/**
 * Decides which worker accepts from which slot's sockets: each from its own, and the living share
 * those of slots that are down or gone. Both lists hold slot numbers in ascending order.
 *
 * Returns the serving slot for each entry of `owners`; empty when nobody lives.
 */
export function assignSockets(
  owners: readonly number[],
  living: readonly number[],
): Map<number, number> {
  const servers = new Map<number, number>()
  if (living.length === 0) return servers
  let orphans = 0
  for (const owner of owners) {
    const isAlive = living.includes(owner)
    servers.set(owner, isAlive ? owner : (living[orphans++ % living.length] as number))
  }
  return servers
}
