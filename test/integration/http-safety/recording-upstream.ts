import type { Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { ByteStream } from '../support/byte-stream.ts'
import { response, startRawServer } from '../support/raw-server.ts'

/** The bytes of one connection since they were last taken. */
export interface Recording {
  readonly text: string
  /** Resolves when the connection is over. */
  readonly over: Promise<unknown>
}

/** An upstream that keeps every byte it gets, and answers whatever it can read. */
export interface RecordingUpstream {
  /** `host:port`, for `--to`. */
  readonly address: string
  /** What every connection has brought since the last call. */
  take(): Recording[]
}

/** Starts one that is gone with the test. */
export async function startRecordingUpstream(context: TestContext): Promise<RecordingUpstream> {
  const records: { text: string; readonly over: Promise<unknown> }[] = []
  const server = await startRawServer(context, (connection) => {
    const record = { text: '', over: closed(connection.socket) }
    records.push(record)
    connection.socket.on('data', (data) => {
      record.text += data.toString('latin1')
    })
    return answerAll(connection)
  })
  return {
    address: server.address,
    take: () => {
      const taken = records.filter(({ text }) => text !== '').map((record) => ({ ...record }))
      for (const record of records) record.text = ''
      return taken
    },
  }
}

async function answerAll(connection: ByteStream): Promise<void> {
  for (;;) {
    const { startLine } = await connection.message()
    const answer = response('ok', 'X-From: upstream')
    connection.write(startLine.startsWith('HEAD ') ? answer.slice(0, -2) : answer)
  }
}

/** Also resolves after a reset, for which `once` would reject. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => void socket.once('close', () => resolve()))
}
