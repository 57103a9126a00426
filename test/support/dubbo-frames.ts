import { Data } from '../../src/engine/data.ts'
import { DubboReference, writeDubboHead } from '../reference/dubbo.ts'

export const REQUEST = 0x80
export const TWO_WAY = 0x40
export const EVENT = 0x20
export const HESSIAN2 = 2

/** What a two-way request with Hessian 2 has. */
export const CALL: number = REQUEST | TWO_WAY | HESSIAN2

/** One Dubbo message. */
export interface Frame {
  flags: number
  status: number
  id: bigint
  /** One character per byte. */
  body: string
}

/** A message as bytes. */
export function frame(flags: number, id: bigint | number, body = '', status = 0): Buffer {
  const bytes = Buffer.from(body, 'latin1')
  return Buffer.concat([writeDubboHead(flags, status, BigInt(id), bytes.length), bytes])
}

/** Messages as one event of owned bytes. */
export function frameData(...frames: Buffer[]): Data {
  return Data.fromBytes(Buffer.concat(frames))
}

/** The complete messages in `bytes`; throws when anything else is there. */
export function parseFrames(bytes: Buffer): Frame[] {
  const reference = new DubboReference()
  reference.feed(bytes.toString('latin1'))
  const frames: Frame[] = []
  for (const event of reference.events) {
    const last = frames[frames.length - 1]
    if (event.kind === 'head') {
      const { flags, status, id } = event
      frames.push({ flags, status, id, body: '' })
    } else if (event.kind === 'data' && last !== undefined) last.body += event.bytes
    else if (event.kind === 'error') throw new Error(event.reason)
  }
  if (!reference.finish()) throw new Error('the last message is not complete')
  return frames
}

/** A message in one line. */
export function describeFrame({ flags, status, id, body }: Frame): string {
  return `${flags.toString(16)} ${status} ${id} ${body}`
}
