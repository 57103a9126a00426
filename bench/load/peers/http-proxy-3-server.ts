/** Program that the benchmark starts as the peer `http-proxy-3`: a round-robin HTTP proxy on Node. */
import { Agent, createServer } from 'node:http'
import { createProxyServer } from 'http-proxy-3'

const targets = (process.env.UPSTREAM_PORTS ?? '')
  .split(',')
  .map((port) => `http://127.0.0.1:${port}`)
const agent = new Agent({ keepAlive: true, maxSockets: 256 })
const proxy = createProxyServer({ agent })
proxy.on('error', (_error, _request, response) => response.destroy())

let turn = 0
const server = createServer((request, response) => {
  const target = targets[turn++ % targets.length]
  proxy.web(request, response, target === undefined ? {} : { target })
})
server.keepAliveTimeout = 600_000
server.listen(Number(process.env.PORT), '127.0.0.1', 4096)
