import { get } from 'node:http'

/** Asks a proxy once and returns what is wrong with the answer; undefined when it is right. */
export function checkAnswer(
  port: number,
  path: string,
  bodyBytes: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(
      { host: '127.0.0.1', port, path, agent: false, timeout: 5_000 },
      (answer) => {
        let received = 0
        answer.on('data', (chunk: Buffer) => {
          received += chunk.length
        })
        answer.once('error', (error) => resolve(error.message))
        answer.once('end', () => {
          const isRight = answer.statusCode === 200 && received === bodyBytes
          resolve(isRight ? undefined : `answered ${answer.statusCode} with ${received} bytes`)
        })
      },
    )
    request.once('timeout', () => request.destroy(new Error('no answer within 5 s')))
    request.once('error', (error) => resolve(error.message))
  })
}
