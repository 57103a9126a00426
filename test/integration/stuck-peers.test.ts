import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { skipIfSanitized } from '../support/sanitized.ts'
import { certificateOption, makeCertificateFiles } from './support/certificate.ts'
import { bytesOf, MOST_STUCK, pour, settled, verify } from './support/checked-stream.ts'
import { peakResidentBytes, residentBytes } from './support/process-facts.ts'
import { startScript } from './support/start-script.ts'
import { type Exchange, startClient, startUpstream } from './support/stuck-peers.ts'

/*
 * One side offers 128 MB, the other reads nothing for a while: through each filter that holds,
 * copies or frames. Memory stays within a bound, and all bytes arrive, in their order, once it
 * reads again. What `sluice lb` does is in back-pressure.test.ts.
 */

/** What the process may grow by: half of what passes. Most of it is young garbage of V8's. */
const GROWTH = 64 << 20

const FILES = makeCertificateFiles()
const CERTIFICATE = certificateOption(FILES)

interface Case extends Exchange {
  readonly name: string
  readonly script: (to: string) => string
}

/** Bytes through filters, which stand before `connect` for uploads and behind it for downloads. */
function tcp(name: string, filters: string, pipelines = ''): Case[] {
  const listen = `pipy({ isOpen: false }).listen(0, { host: '127.0.0.1' })`
  const script = (way: Case['way']) => (to: string) => {
    const connect = `.connect('${to}')`
    const path = way === 'upload' ? `${filters}${connect}` : `${connect}${filters}`
    return `${listen}${path}${pipelines}`
  }
  return (['upload', 'download'] as const).map((way) => ({
    name: `${name}, ${way}`,
    protocol: 'tcp',
    way,
    script: script(way),
  }))
}

/** HTTP, with filters for requests before `mux` and for responses behind it. */
function http(name: string, filters: string, pipelines = ''): Case[] {
  const cases: Case[] = []
  for (const way of ['upload', 'download'] as const) {
    for (const protocol of ['length', 'chunked'] as const) {
      const path = way === 'upload' ? `${filters}.mux('up')` : `.mux('up')${filters}`
      cases.push({
        name: `${name}, ${way}, ${protocol}`,
        protocol,
        way,
        script: (to) => `pipy().listen(0, { host: '127.0.0.1' })
          .decodeHttpRequest().demux('one').encodeHttpResponse()
          .pipeline('one')${path}
          .pipeline('up').encodeHttpRequest().connect('${to}').decodeHttpResponse()${pipelines}`,
      })
    }
  }
  return cases
}

function tls(name: string, side: 'client' | 'upstream'): Case[] {
  const listenTls = side === 'client' ? `, tls: { ${CERTIFICATE} }` : ''
  const connectTls = side === 'upstream' ? ', { tls: {} }' : ''
  return (['upload', 'download'] as const).map((way) => ({
    name: `${name}, ${way}`,
    protocol: 'tcp',
    way,
    tls: side,
    script: (to) =>
      `pipy().listen(0, { host: '127.0.0.1'${listenTls} }).connect('${to}'${connectTls})`,
  }))
}

const CASES: readonly Case[] = [
  ...tcp('connect', ''),
  ...tcp('wait, its condition holds', '.wait(() => true)'),
  ...tcp('tap', `.tap('100000m')`),
  ...tcp('link', `.link('x')`, `.pipeline('x')`),
  ...tcp('fork, the copy is read', `.fork('copy')`, `.pipeline('copy').dummy()`),
  ...tcp('onData', '.onData(data => data.size)'),
  ...tcp('replaceData', '.replaceData(data => data)'),
  ...tcp('exec', `.exec('cat')`),
  ...tls('TLS of the client', 'client'),
  ...tls('TLS of the upstream', 'upstream'),
  ...http('demux and mux', ''),
  {
    name: 'fork, the copy is stuck',
    protocol: 'tcp',
    way: 'upload',
    script: (to) => `pipy().listen(0, { host: '127.0.0.1' }).fork('copy').dummy()
      .pipeline('copy').connect('${to}')`,
  },
]

for (const one of CASES) {
  test(`${one.name}: what nobody reads is held up, and arrives when it is read`, {
    skip: skipIfSanitized,
  }, async (context) => {
    const upstream = await startUpstream(context, one, FILES)
    const { port, sluice } = await startScript(context, one.script(upstream.address))
    const { pid } = sluice.child
    const before = residentBytes(pid)
    const client = startClient(context, one, port)
    const isUpload = one.way === 'upload'
    const [from, to] = isUpload ? [client, upstream] : [upstream, client]
    let written = 0
    const poured = pour(await from.sender, (count) => {
      written = count
    })
    const stuck = await settled(() => written)
    assert.ok(stuck < MOST_STUCK, `${stuck} bytes were taken`)
    await verify(bytesOf(await to.receiver))
    await poured
    if (isUpload && one.protocol !== 'tcp') {
      ;(await client.sender).end()
      ;(await upstream.sender).end('all')
      assert.equal(await text(await client.receiver), 'all')
    }
    const grown = peakResidentBytes(pid) - before
    assert.ok(grown < GROWTH, `memory grew by ${grown >> 20} MB`)
    context.diagnostic(`taken ${stuck >> 20} MB, grown by ${grown >> 20} MB`)
  })
}
