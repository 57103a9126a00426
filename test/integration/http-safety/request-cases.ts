import { CHUNK_CASES } from './cases/chunks.ts'
import { CONNECTION_CASES } from './cases/connection.ts'
import { FRAMING_CASES } from './cases/framing.ts'
import { LINE_CASES } from './cases/lines.ts'
import { SIZE_CASES } from './cases/sizes.ts'
import { TARGET_CASES } from './cases/targets.ts'
import type { RequestCase } from './request-case.ts'

/** Everything odd or hostile that a client may send, and what has to come of it. */
export const REQUEST_CASES: readonly RequestCase[] = [
  ...FRAMING_CASES,
  ...LINE_CASES,
  ...CHUNK_CASES,
  ...TARGET_CASES,
  ...CONNECTION_CASES,
  ...SIZE_CASES,
]
