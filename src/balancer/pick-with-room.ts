import { NO_ROOM } from './connection-limits.ts'
import { mix } from './hash.ts'
import type { Endpoint, Picker } from './picker.ts'

/** Other keys by which a picker with tables is asked before any endpoint is taken. */
const OTHER_KEYS = 4

/** Those with room; a list that keeps its capacity. */
const withRoom: Endpoint[] = []
let turn = 0

export function hasRoom({ limit }: Endpoint): boolean {
  return limit === null || limit.hasRoom
}

/** Picks among the candidates that have room for a connection; undefined if there is none. */
export function pickWithRoom(
  picker: Picker,
  candidates: readonly Endpoint[],
  key: number,
): Endpoint | undefined {
  let count = 0
  for (let i = 0; i < candidates.length; i++) {
    const endpoint = candidates[i] as Endpoint
    if (hasRoom(endpoint)) withRoom[count++] = endpoint
  }
  if (count === 0) return undefined
  withRoom.length = count
  if (!picker.hasTables) return picker.pick(withRoom, key)
  for (let attempt = 1; attempt <= OTHER_KEYS; attempt++) {
    const endpoint = picker.pick(candidates, mix(key + attempt))
    if (hasRoom(endpoint)) return endpoint
  }
  // A key has one substitute; what has none goes round.
  return withRoom[(key === 0 ? turn++ : key) % count]
}

/** The first of some endpoints that has room. */
export function spareOf(endpoints: readonly Endpoint[]): string {
  for (let i = 0; i < endpoints.length; i++) {
    const endpoint = endpoints[i] as Endpoint
    if (hasRoom(endpoint)) return endpoint.address
  }
  return NO_ROOM
}
