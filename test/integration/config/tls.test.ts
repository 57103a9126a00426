import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import type { ConfigInput } from '../../../src/config/schema/config.ts'
import { runSluice } from '../../support/sluice-process.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { curl } from '../support/curl.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import { startConfig } from '../support/start-config.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'sluice-config-tls-'))
after(() => rmSync(FOLDER, { recursive: true, force: true }))

/** Makes a certificate for a name, and its key. */
function certify(name: string): { cert: string; key: string } {
  const pair = { cert: join(FOLDER, `${name}.crt`), key: join(FOLDER, `${name}.key`) }
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  execFileSync(
    'openssl',
    ['req', '-x509', ...kind, ...subject, '-keyout', pair.key, '-out', pair.cert],
    { stdio: 'ignore' },
  )
  return pair
}

const HERE = certify('here.test')
const OTHER = certify('other.test')

/** A server of Node's own that speaks TLS and answers its name. */
async function startHttps(context: TestContext, { cert, key }: typeof HERE): Promise<string> {
  const options = { cert: readFileSync(cert), key: readFileSync(key) }
  const server = createServer(options, (_request, answer) => answer.end('secret'))
  context.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a listener speaks TLS, and a new certificate is in force after a reload', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('plain')),
  )
  const folder = temporaryFolder(context)
  const cert = join(folder, 'cert.pem')
  const key = join(folder, 'key.pem')
  copyFileSync(HERE.cert, cert)
  copyFileSync(HERE.key, key)
  const { sluice, ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0', upstream: 'a', tls: { cert, key } }],
    upstreams: { a: { endpoints: [upstream.address] } },
  })
  const ask = (name: string, authority: string) =>
    curl(
      ...['--cacert', authority, '--resolve', `${name}:${ports[0]}:127.0.0.1`],
      `https://${name}:${ports[0]}/`,
    )
  assert.equal((await ask('here.test', HERE.cert)).stdout, 'plain')
  copyFileSync(OTHER.cert, cert)
  copyFileSync(OTHER.key, key)
  sluice.signal('SIGHUP')
  await sluice.line(/Config reloaded/)
  assert.equal((await ask('other.test', OTHER.cert)).stdout, 'plain')
  assert.notEqual((await ask('here.test', HERE.cert)).status, 0)
})

test('upstreams speak TLS, and are verified unless the config says otherwise', async (context) => {
  const address = await startHttps(context, HERE)
  const tls: [string, NonNullable<NonNullable<ConfigInput['upstreams']>[string]['tls']>][] = [
    ['good', { ca: HERE.cert, serverName: 'here.test' }],
    ['unknown', { serverName: 'here.test' }],
    ['misnamed', { ca: HERE.cert, serverName: 'there.test' }],
    ['careless', { verify: false }],
  ]
  const upstreams = Object.fromEntries(
    tls.map(([name, one]) => [name, { endpoints: [address], tls: one }]),
  )
  const { ports } = await startConfig(context, {
    listeners: tls.map(([name]) => ({ address: '127.0.0.1:0', upstream: name })),
    upstreams,
  })
  const answers: string[] = []
  for (const port of ports) {
    const { stdout } = await curl('-w', ' %{http_code}', `http://127.0.0.1:${port}/`)
    answers.push(stdout)
  }
  assert.equal(answers[0], 'secret 200')
  assert.match(answers[1] ?? '', /^ 50\d$/)
  assert.match(answers[2] ?? '', /^ 50\d$/)
  assert.equal(answers[3], 'secret 200')
})

const WRONG: readonly [tls: object, message: RegExp][] = [
  [
    { cert: 'none.pem', key: HERE.key },
    /:\d+:\d+: listeners\[0\]\.tls\.cert: cannot read \/.*none\.pem: there is no such file/,
  ],
  [{ cert: HERE.cert, key: OTHER.key }, /:\d+:\d+: listeners\[0\]\.tls: .*key/],
  [{ cert: HERE.cert }, /:\d+:\d+: listeners\[0\]\.tls\.key: expected the path of a PEM file/],
  [{ cert: 'lb.yaml', key: HERE.key }, /:\d+:\d+: listeners\[0\]\.tls: cert is not PEM text/],
]

for (const [tls, message] of WRONG) {
  test(`refuses ${Object.values(tls)
    .map((file) => file.replace(FOLDER, ''))
    .join(' with ')}`, async (context) => {
    const file = join(temporaryFolder(context), 'lb.yaml')
    const listener = { address: 1, upstream: 'a', tls }
    const config = { listeners: [listener], upstreams: { a: { endpoints: [1] } } }
    writeFileSync(file, JSON.stringify(config))
    const { stderr, status } = await runSluice([file, '--verify'])
    assert.match(stderr, message)
    assert.equal(status, 1)
  })
}
