/** A request id of Dubbo, 64 bits as two halves: numbers are exact only up to 2^53. */
export interface RequestId {
  /** Signed upper 32 bits. */
  readonly idHigh: number
  /** Signed lower 32 bits. */
  readonly idLow: number
}

/** The id as scripts see it: a decimal number with sign. */
export function formatId({ idHigh, idLow }: RequestId): string {
  if (idHigh === 0) return String(idLow >>> 0)
  return String((BigInt(idHigh) << 32n) | BigInt(idLow >>> 0))
}

/** The id that a script gave as text, number or bigint; anything else is 0. */
export function parseId(value: unknown): RequestId {
  if (typeof value === 'number' && Number.isFinite(value)) return split(BigInt(Math.trunc(value)))
  if (typeof value === 'bigint') return split(value)
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return split(BigInt(value))
  return { idHigh: 0, idLow: 0 }
}

/** Halves of a counter that stays below 2^53. */
export function splitCount(count: number): RequestId {
  return { idHigh: Math.floor(count / 0x1_0000_0000) | 0, idLow: count | 0 }
}

/** The count that `splitCount` made an id of, or -1 if it cannot be one. */
export function joinCount({ idHigh, idLow }: RequestId): number {
  return idHigh < 0 || idHigh >= 0x20_0000 ? -1 : idHigh * 0x1_0000_0000 + (idLow >>> 0)
}

function split(id: bigint): RequestId {
  return { idHigh: Number(BigInt.asIntN(32, id >> 32n)), idLow: Number(BigInt.asIntN(32, id)) }
}
