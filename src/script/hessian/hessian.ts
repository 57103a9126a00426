import { Data } from '../../engine/data.ts'
import { checkCount, checkInstance } from '../arguments.ts'
import { HessianDecoder } from './decoder.ts'
import { encodeHessian } from './encoder.ts'

/** The `Hessian` that scripts see. */
export interface ScriptHessian {
  /** Bytes of a value; of each element, if it is an array. */
  encode(...values: unknown[]): Data
  /** The value in some bytes, or an array if there are several; undefined if there is none. */
  decode(data: Data): unknown
}

/** The `Hessian` that scripts see. */
export const scriptHessian: ScriptHessian = {
  encode(...values) {
    checkCount(values.length, 1)
    return Data.fromBytes(encodeHessian(values[0]))
  },

  decode(data) {
    const decoder = new HessianDecoder(checkInstance(data, Data, 1).toBytes())
    if (!decoder.hasMore()) return undefined
    const first = decoder.read()
    if (!decoder.hasMore()) return first
    const values = [first]
    while (decoder.hasMore()) values.push(decoder.read())
    return values
  },
}
