/** Deepest nesting of lists, maps and objects; more is refused in both directions. */
export const MAX_HESSIAN_DEPTH = 512

/** Most UTF-16 units or bytes in one chunk of a long string or binary. */
export const CHUNK_SIZE = 0x8000
