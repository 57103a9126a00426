import type { TestContext } from 'node:test'
import { describeFrame, type Frame, frame } from '../../support/dubbo-frames.ts'
import { type ByteStream, connectRaw } from './byte-stream.ts'

/** One end of a Dubbo connection whose messages a test reads and writes by hand. */
export class DubboPeer {
  readonly stream: ByteStream

  constructor(stream: ByteStream) {
    this.stream = stream
  }

  static async connect(context: TestContext, port: number): Promise<DubboPeer> {
    return new DubboPeer(await connectRaw(context, port))
  }

  send(flags: number, id: bigint | number, body = '', status = 0): this {
    this.stream.write(frame(flags, id, body, status))
    return this
  }

  /** Takes the next message. */
  async frame(): Promise<Frame> {
    const head = Buffer.from(await this.stream.take(16), 'latin1')
    if (head.readUInt16BE(0) !== 0xdabb) throw new Error('not the magic number of Dubbo')
    const body = await this.stream.take(head.readInt32BE(12))
    const [flags, status] = [head.readUInt8(2), head.readUInt8(3)]
    return { flags, status, id: head.readBigInt64BE(4), body }
  }

  /** Takes the next message, as one line. */
  async line(): Promise<string> {
    return describeFrame(await this.frame())
  }
}
