import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { makeCertificateFiles } from '../support/certificate.ts'
import { curl } from '../support/curl.ts'
import { startHaproxy } from '../support/haproxy.ts'
import { startNginx } from '../support/nginx.ts'
import { startRawServer } from '../support/raw-server.ts'
import { startConfig } from '../support/start-config.ts'
import { startLb } from '../support/start-lb.ts'
import { startScript } from '../support/start-script.ts'
import { BINARY, GET, LINE, LOCAL, UNKNOWN } from './support.ts'

const LOCATION = 'location / { return 200 "$proxy_protocol_addr $proxy_protocol_server_port"; }'
const CERTIFICATE = makeCertificateFiles()

/** What a client is answered that asks twice from an address. */
async function ask(client: string, port: number): Promise<string> {
  const url = `http://127.0.0.1:${port}/`
  return (await curl('--interface', client, url, url)).stdout
}

for (const version of ['v1', 'v2'] as const) {
  test(`headers of ${version} tell nginx of HTTP clients`, async (context) => {
    const { address } = await startNginx(context, LOCATION, 'proxy_protocol')
    const { port } = await startLb(context, [address], '--send-proxy', version)
    for (const client of ['127.0.0.1', '127.0.0.2', '127.0.0.1']) {
      assert.equal(await ask(client, port), `${client} ${port}`.repeat(2))
    }
  })

  test(`headers of ${version} tell HAProxy of TCP clients`, async (context) => {
    const lines = ['http-request return status 200 content-type text/plain lf-string "%[src]"']
    const settings = { bind: 'accept-proxy', lines }
    const haproxy = await startHaproxy(context, '127.0.0.1:1', settings)
    // One cannot be reached: the other gets a header of its own.
    const endpoints = [`127.0.0.1:${await findFreePort()}`, `127.0.0.1:${haproxy}`]
    const { port } = await startLb(context, endpoints, '--tcp', '--send-proxy', version)
    for (const client of ['127.0.0.1', '127.0.0.2']) {
      assert.equal(await ask(client, port), client.repeat(2))
    }
  })

  test(`headers of ${version} come before TLS`, async (context) => {
    const { cert, key } = CERTIFICATE
    const { address } = await startNginx(
      context,
      `ssl_certificate ${cert}; ssl_certificate_key ${key}; ${LOCATION}`,
      'ssl proxy_protocol',
    )
    const { port } = await startScript(
      context,
      `pipy().listen(0, { host: '127.0.0.1' })
        .connect('${address}', { tls: {}, proxyProtocol: '${version}' })`,
    )
    for (const client of ['127.0.0.1', '127.0.0.2']) {
      assert.equal(await ask(client, port), `${client} ${port}`.repeat(2))
    }
  })

  test(`headers of ${version} tell the same as those that came in`, async (context) => {
    const upstream = await startRawServer(context)
    const { port } = await startLb(context, [upstream], '--accept-proxy', '--send-proxy', version)
    const header = version === 'v1' ? LINE : BINARY
    for (const received of [LINE, BINARY]) {
      const client = await connectRaw(context, port)
      client.write(received + GET)
      const connection = await upstream.connection()
      assert.equal(await connection.take(header.length), header)
      await connection.message()
    }
  })
}

test('probes tell of nobody', async (context) => {
  const nginx = await startNginx(context, LOCATION, 'proxy_protocol')
  const [v1, v2, tcp] = await Promise.all([1, 2, 3].map(() => startRawServer(context)))
  assert.ok(v1 !== undefined && v2 !== undefined && tcp !== undefined)
  const { sluice } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0', upstream: 'nginx' }],
    upstreams: {
      nginx: { endpoints: [nginx.address], proxyProtocol: 'v2', health: {} },
      v1: { endpoints: [v1.address], proxyProtocol: 'v1', health: {} },
      v2: { endpoints: [v2.address], proxyProtocol: 'v2', health: {} },
      tcp: { endpoints: [tcp.address], proxyProtocol: 'v2', health: { type: 'tcp' } },
    },
  })
  for (const [server, header] of [
    [v1, UNKNOWN],
    [v2, LOCAL],
  ] as const) {
    const probe = await server.connection()
    assert.equal(await probe.take(header.length), header)
    assert.equal((await probe.message()).field('user-agent'), 'sluice-health')
  }
  await sluice.line(new RegExp(`${nginx.address} is healthy`))
  await sluice.line(new RegExp(`${tcp.address} is healthy`))
})
