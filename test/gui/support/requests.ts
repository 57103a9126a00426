import { Agent, get } from 'node:http'
import type { TestContext } from 'node:test'

/** Sends requests to a port one after the other, on one connection, until the test ends. */
export function keepAsking(context: TestContext, port: number, pauseMs = 5): void {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let isOver = false
  const next = (): void => {
    if (isOver) return
    get({ port, host: '127.0.0.1', agent }, (response) => {
      response.resume()
      response.once('end', () => setTimeout(next, pauseMs))
    }).once('error', () => setTimeout(next, 100))
  }
  next()
  context.after(() => {
    isOver = true
    agent.destroy()
  })
}
