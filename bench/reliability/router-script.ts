/** Ports that the script of the router is written for. */
export interface RouterPorts {
  readonly listen: number
  readonly good: number
  readonly faulty: number
}

/** Seconds of silence after which the faulty upstream is given up; the default would take a minute. */
const RESPONSE_TIMEOUT = 2

/** A script that sends `/fault…` to the faulty upstream and everything else to the good one. */
export function routerScript({ listen, good, faulty }: RouterPorts): string {
  return `pipy({ _isFaulty: false })
.listen(${listen}, { host: '127.0.0.1' })
  .decodeHttpRequest()
  .demux('request')
  .encodeHttpResponse()
.pipeline('request')
  .onMessageStart(e => _isFaulty = e.head.path.startsWith('/fault'))
  .link('faulty', () => _isFaulty, 'good')
.pipeline('good')
  .mux('good-upstream', () => '', { pipelining: 1, maxSessions: 4096 })
.pipeline('good-upstream')
  .encodeHttpRequest().connect('127.0.0.1:${good}').decodeHttpResponse()
.pipeline('faulty')
  .mux('faulty-upstream', () => '', { pipelining: 1, maxSessions: 4096 })
.pipeline('faulty-upstream')
  .encodeHttpRequest()
  .connect('127.0.0.1:${faulty}', { responseTimeout: ${RESPONSE_TIMEOUT} })
  .decodeHttpResponse()
`
}
