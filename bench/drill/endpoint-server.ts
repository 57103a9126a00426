import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * An endpoint of the drill, as a process of its own so that it can be killed: answers with its name
 * and the path, at once or after the delay that `/delay/<milliseconds>` has set.
 */
const [port, name] = process.argv.slice(2)
let delayMs = 0

const server = createServer(async ({ url = '' }, response) => {
  const delay = /^\/delay\/(\d+)$/.exec(url)?.[1]
  if (delay !== undefined) delayMs = Number(delay)
  else if (delayMs > 0) await pause(delayMs)
  response.end(`${name} ${url}`)
})
// A connection that the endpoint closes by itself would be a fault that the drill did not plan.
server.keepAliveTimeout = 0
server.listen(Number(port), '127.0.0.1', 1024)
