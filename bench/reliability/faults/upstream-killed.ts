import { setTimeout as pause } from 'node:timers/promises'
import { exchangeRaw, explainFailure } from '../client/raw-exchange.ts'
import { type Fault, Tally } from '../fault.ts'

const REQUESTS = 40
/** Long enough for the responses to begin. */
const ALIVE_MS = 300

/** The upstream's process is killed while it sends responses. */
export const upstreamKilled: Fault = {
  name: 'upstream-killed',
  title: 'Upstream killed in mid-response',
  what: 'The upstream process gets SIGKILL while it sends 40 responses, again and again; their clients are cut off, or get 502 or 503.',
  proxy: 'router',
  upstream: 'trickle',
  async run(stage, seconds) {
    const tally = new Tally()
    const end = performance.now() + seconds * 1000
    do {
      const upstream = await stage.startFaulty()
      const answers = Array.from({ length: REQUESTS }, () =>
        exchangeRaw(stage.port, 'GET /fault HTTP/1.1\r\nHost: a\r\n\r\n', stage.patienceMs),
      )
      await pause(ALIVE_MS)
      process.kill(upstream.pid, 'SIGKILL')
      for (const answer of await Promise.all(answers))
        tally.count(explainFailure(answer, [502, 503]))
      await upstream.ended
    } while (performance.now() < end)
    return tally.outcome
  },
}
