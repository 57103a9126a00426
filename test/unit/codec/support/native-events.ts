/** Heads from native records, in the form in which the references tell of them. */
import type { DubboWireHead } from '../../../../src/filters/dubbo/dubbo-head.ts'
import type { HttpWireHead } from '../../../../src/filters/http/wire-head.ts'
import { readLatin1 } from '../../../../src/native/latin1.ts'
import {
  CTL_ARENA_AT,
  HEAD_CHUNKED,
  HEAD_HAS_LENGTH,
  HEAD_UPGRADE,
  WRITE_CHUNKED,
  WRITE_LENGTH,
  WRITE_UPGRADE,
} from '../../../../src/native/protocol.ts'
import type { Reactor } from '../../../../src/native/reactor.ts'
import { reserve } from '../../../../src/net/socket.ts'
import type { DubboEvent } from '../../../reference/dubbo.ts'
import type { Http1Event } from '../../../reference/http1.ts'
import { FLAGS } from '../../../reference/http1-vectors.ts'

/** An HTTP head as it would be forwarded. To be called within the batch of the record. */
export function headEvent(reactor: Reactor, wire: HttpWireHead): Http1Event {
  const { flags } = wire
  let write = 0
  if ((flags & HEAD_CHUNKED) !== 0) write |= WRITE_CHUNKED
  if ((flags & HEAD_HAS_LENGTH) !== 0) write |= WRITE_LENGTH
  if ((flags & HEAD_UPGRADE) !== 0) write |= WRITE_UPGRADE
  const bound = wire.size + 256
  const at = reserve(reactor, bound)
  const size = reactor.writeHead(wire.forwardIndex, write, at, bound)
  reactor.control[CTL_ARENA_AT] = at + size
  return {
    kind: 'head',
    flags: new Set(FLAGS.filter((_name, bit) => ((flags >> bit) & 1) !== 0)),
    lines: readLatin1(reactor.bytes, at, at + size)
      .split('\r\n')
      .slice(0, -2),
  }
}

/** A Dubbo head. */
export function dubboEvent(wire: DubboWireHead): DubboEvent {
  const id = (BigInt(wire.idHigh) << 32n) | BigInt(wire.idLow >>> 0)
  return { kind: 'head', flags: wire.flags, status: wire.status, id, length: wire.bodySize }
}
