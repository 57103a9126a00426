import { connect } from 'node:net'

/** What came back on a connection of its own, and how that ended. */
export interface RawAnswer {
  /** Status of the answer; 0 if there was none. */
  readonly status: number
  /** A whole response with a `Content-Length` has arrived. */
  readonly isComplete: boolean
  /** `silence` when nothing ended it in time. */
  readonly ending: 'complete' | 'end' | 'reset' | 'silence'
}

/** Sends bytes and takes a response or the end of the connection, for at most `patienceMs`. */
export function exchangeRaw(port: number, request: string, patienceMs: number): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(request, 'latin1'))
    const finish = (ending: RawAnswer['ending']): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ ...readResponse(chunks), ending })
    }
    const timer = setTimeout(() => finish('silence'), patienceMs)
    socket.on('data', (data) => {
      chunks.push(data)
      if (readResponse(chunks).isComplete) finish('complete')
    })
    socket.once('error', () => finish('reset'))
    socket.once('end', () => finish('end'))
  })
}

/** What is wrong with an answer that has to be one of these statuses, or visibly cut off. */
export function explainFailure(answer: RawAnswer, statuses: readonly number[]): string {
  const { status, isComplete, ending } = answer
  if (ending === 'silence') return `silence after status ${status}`
  if (!isComplete) return ''
  return statuses.includes(status) ? '' : `status ${status} instead of ${statuses.join(' or ')}`
}

/** Interim responses come before the one that counts. */
const INTERIM = /^(?:HTTP\/1\.1 1\d\d [^\r]*\r\n(?:[^\r]+\r\n)*\r\n)+/

function readResponse(chunks: readonly Buffer[]): { status: number; isComplete: boolean } {
  const text = Buffer.concat(chunks).toString('latin1').replace(INTERIM, '')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0)
  const headEnd = text.indexOf('\r\n\r\n')
  const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(text.slice(0, headEnd + 2))?.[1]
  const isComplete =
    headEnd > 0 && length !== undefined && text.length - headEnd - 4 >= Number(length)
  return { status, isComplete }
}
