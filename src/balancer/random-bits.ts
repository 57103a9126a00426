/** One more than the largest number that `RandomBits` gives. */
export const RANDOM_RANGE = 0x80000000

/** Gives whole numbers from 0 to below `RANDOM_RANGE`: V8 passes them on without allocating. */
export type RandomBits = () => number

/**
 * Random numbers for balancing, not for secrets (Marsaglia, "Xorshift RNGs", 2003). `Math.random`
 * would allocate its fraction at every call that is not inlined.
 */
export function createRandomBits(seed: number = 1 + Math.random() * 0x7ffffffe): RandomBits {
  let state = seed | 0
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state & 0x7fffffff
  }
}
