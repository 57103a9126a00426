import type { TestContext } from 'node:test'
import type { CounterName } from '../../../src/native/counters.ts'
import type { SluiceProcess } from '../../support/sluice-process.ts'
import type { RawServer } from '../support/raw-server.ts'
import { type RunningLb, startLb } from '../support/start-lb.ts'
import { startScript } from '../support/start-script.ts'

/** What a listener is told, in the words of `sluice lb` and in those of a script. */
export interface ListenerSettings {
  options: string[]
  script: string
}

/** Ways to tell a listener the same thing. */
export const WAYS = ['lb', 'script'] as const

/** Starts a proxy for HTTP in front of `upstream`, told its settings in one of the ways. */
export function startProxy(
  context: TestContext,
  way: (typeof WAYS)[number],
  upstream: RawServer,
  { options, script }: ListenerSettings,
): Promise<RunningLb> {
  if (way === 'lb') return startLb(context, [upstream], ...options)
  return startScript(context, proxyScript(upstream, script))
}

/** A proxy for HTTP as a script; `listen` is given `options`. */
export function proxyScript(upstream: RawServer, options: string): string {
  return `pipy()
    .listen(0, { host: '127.0.0.1', ${options} })
    .decodeHttpRequest().demux('request').encodeHttpResponse()
    .pipeline('request').mux('upstream', () => 'one', { pipelining: 1, maxSessions: 10 })
    .pipeline('upstream').encodeHttpRequest().connect('${upstream.address}').decodeHttpResponse()`
}

/** Resolves when the process tells that a counter stands at 1. */
export async function countedOnce(sluice: SluiceProcess, counter: CounterName): Promise<void> {
  sluice.signal('SIGTSTP')
  await sluice.line(new RegExp(`^${counter} +1$`, 'm'))
}
