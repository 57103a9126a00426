import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCertificate } from '../support/certificate.ts'
import { curl } from '../support/curl.ts'
import { startHaproxy } from '../support/haproxy.ts'
import { startLb } from '../support/start-lb.ts'
import { startScript } from '../support/start-script.ts'
import { startMirror, WHO } from './support.ts'

test('endpoints are told of the clients of HAProxy, or of curl, which tells of itself', async (context) => {
  const upstream = await startMirror(context, 'x-forwarded-for')
  const { port } = await startLb(context, [upstream], '--accept-proxy', '--x-forwarded', 'add')
  for (const server of ['send-proxy', 'send-proxy-v2', 'send-proxy-v2 proxy-v2-options crc32c']) {
    const front = await startHaproxy(context, `127.0.0.1:${port}`, { server })
    for (const address of ['127.0.0.1', '127.0.0.9']) {
      const url = `http://127.0.0.1:${front}/`
      assert.equal((await curl('--interface', address, url)).stdout, address)
    }
  }
  const { stdout } = await curl('--haproxy-protocol', `http://127.0.0.1:${port}/`)
  assert.equal(stdout, '127.0.0.1')
})

test('HAProxy checks us, and speaks TLS with us', async (context) => {
  const options = `{ host: '127.0.0.1', proxyProtocol: true, tls: { ${makeCertificate()} } }`
  const { port } = await startScript(context, `pipy().listen(0, ${options}).${WHO}`)
  const server = 'check inter 1s fall 1000 check-send-proxy send-proxy-v2 ssl verify none'
  const front = await startHaproxy(context, `127.0.0.1:${port}`, { server })
  const { stdout } = await curl('--interface', '127.0.0.9', `http://127.0.0.1:${front}/`)
  assert.match(stdout, new RegExp(`^127\\.0\\.0\\.9 \\d+ 127\\.0\\.0\\.1 ${front}$`))
})
