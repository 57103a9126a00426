import type { TestContext } from 'node:test'
import { type RunningLb, startLb } from './start-lb.ts'
import { startScript } from './start-script.ts'

/** A request to upgrade, to a protocol of ours. */
export const ASK =
  'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: echo\r\n\r\n'

/** The answer that grants it. */
export const SWITCH =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\nX: y\r\n\r\n'

export const LISTEN = "listen(0, { host: '127.0.0.1' })"
export type Start = (context: TestContext, to: string, idle?: number) => Promise<RunningLb>

/** All ways through a proxy: native framers on the sockets, or codecs that are fed with events. */
export const WAYS: Readonly<Record<string, Start>> = {
  lb: (context, to, idle = 60) => startLb(context, [to], '--idle-timeout', `${idle}s`),
  'a script with demux and mux': (context, to, idle = 60) =>
    startScript(
      context,
      `pipy().${LISTEN}.decodeHttpRequest().demux('request').encodeHttpResponse()
        .pipeline('request').mux('upstream')
        .pipeline('upstream').encodeHttpRequest()
        .connect('${to}', { idleTimeout: ${idle} }).decodeHttpResponse()`,
    ),
  'a script whose codecs stand apart from sockets': (context, to, idle = 60) =>
    startScript(
      context,
      `pipy().${LISTEN}.link('codecs')
        .pipeline('codecs').decodeHttpRequest().demux('request').encodeHttpResponse()
        .pipeline('request').mux('upstream')
        .pipeline('upstream').encodeHttpRequest().link('socket').decodeHttpResponse()
        .pipeline('socket').connect('${to}', { idleTimeout: ${idle} })`,
    ),
  'a script with one pipeline': (context, to, idle = 60) =>
    startScript(
      context,
      `pipy().${LISTEN}.decodeHttpRequest()
        .encodeHttpRequest().connect('${to}', { idleTimeout: ${idle} }).decodeHttpResponse()
        .encodeHttpResponse()`,
    ),
}
