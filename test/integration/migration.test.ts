import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { startSluice } from '../support/sluice-process.ts'
import { temporaryFolder } from '../support/temporary-script.ts'
import { AppServer } from './support/app-server.ts'
import { connectRaw } from './support/byte-stream.ts'
import { curl } from './support/curl.ts'
import { runHaproxy } from './support/haproxy.ts'
import { NGINX_STREAM_MODULE, type Nginx, runNginx, startNginx } from './support/nginx.ts'

/** A config of the guide that runs, before endpoints of the test. */
interface Running {
  readonly port: number
  /** What a URL is answered with, or what `-w` of curl prints of it, given more options. */
  ask(path: string, ...options: string[]): Promise<string>
}

/** The configs of each section, by the language of their block. */
const SECTIONS = new Map(
  readFileSync('docs/migration.md', 'utf8')
    .split(/^## /m)
    .map((section) => {
      const [title = ''] = section.split('\n')
      const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
      return [title, new Map(blocks.map(([, language = '', text = '']) => [language, text]))]
    }),
)

/** Starts the endpoints that a text names, once each; returns the text with their real addresses. */
async function withEndpoints(context: TestContext, text: string): Promise<string> {
  let result = text
  for (const address of new Set(text.match(/\b10\.\d+\.\d+\.\d+:\d+\b/g))) {
    const start = PROXY_HEADER.test(text) ? startTeller : startEndpoint
    result = result.replaceAll(address, (await start(context, address)).address)
  }
  return result
}

/** What configs say that tell endpoints of the client by a PROXY header. */
const PROXY_HEADER = /proxy_protocol on|send-proxy|proxyProtocol: v2/

/** An endpoint that answers with its name and what it was asked. */
async function startEndpoint(context: TestContext, name: string): Promise<AppServer> {
  const endpoint = await AppServer.start(context, name)
  endpoint.handler = (request, response) => {
    response.setHeader('Content-Type', 'text/css')
    response.end(`${name} ${request.url} ${'x'.repeat(4096)}`)
  }
  return endpoint
}

/** An endpoint that answers with the client that a PROXY header tells it of. */
function startTeller(context: TestContext): Promise<Nginx> {
  const location = 'location / { default_type text/plain; return 200 $proxy_protocol_addr; }'
  return startNginx(context, location, 'proxy_protocol')
}

const HAPROXY_DEFAULTS = `defaults
  mode http
  timeout connect 2s
  timeout server 30s
  timeout client 60s
`

/** How each program runs a config of the guide in a folder; resolves with its port. */
const RUNNERS: Record<
  string,
  (context: TestContext, text: string, folder: string) => Promise<number>
> = {
  nginx: async (context, text, folder) => {
    const port = await findFreePort()
    const config = text.replace(/listen \d+/, `listen 127.0.0.1:${port}`)
    const isStream = text.startsWith('stream {')
    await runNginx(context, folder, port, isStream ? config : `http {\n${config}}`)
    return port
  },
  haproxy: async (context, text) => {
    const port = await findFreePort()
    const config = text.replace(/bind :\d+/, `bind 127.0.0.1:${port}`)
    const defaults = text.includes('defaults') ? '' : HAPROXY_DEFAULTS
    await runHaproxy(context, port, defaults + config)
    return port
  },
  yaml: async (context, text, folder) => {
    const file = join(folder, 'lb.yaml')
    writeFileSync(file, text.replace(/address: \d+$/m, 'address: 127.0.0.1:0'))
    const [port = 0] = await startSluice(context, [file, '--workers', '1']).ports()
    return port
  },
}

async function run(context: TestContext, language: string, text: string): Promise<Running> {
  const folder = temporaryFolder(context)
  mkdirSync(join(folder, 'www/app'), { recursive: true })
  mkdirSync(join(folder, 'www/assets'))
  writeFileSync(join(folder, 'www/app/index.html'), 'index')
  writeFileSync(join(folder, 'www/assets/a.css'), 'asset')
  const start = RUNNERS[language]
  assert.ok(start !== undefined, `${language} is run here`)
  // The proxy in front of ours, which is trusted, is here.
  const local = text.replaceAll('10.0.0.0/8', '127.0.0.0/8')
  const port = await start(context, await withEndpoints(context, local), folder)
  return {
    port,
    ask: async (path, ...options) =>
      (await curl(...options, `http://127.0.0.1:${port}${path}`)).stdout,
  }
}

/** The endpoint that answered. */
const endpointOf = (answer: string): string => answer.split(' ')[0] ?? ''
const NO_BODY = ['-o', '/dev/null', '-w']

/** What the configs of a section have in common, by its title. */
const EXPECTATIONS: Record<string, (running: Running, context: TestContext) => Promise<void>> = {
  'A load balancer': async ({ ask }) => {
    const answers: string[] = []
    for (let i = 0; i < 8; i++) answers.push(endpointOf(await ask('/')))
    assert.equal(answers.filter((one) => one === '10.0.0.11:8080').length, 6)
    assert.equal(answers.filter((one) => one === '10.0.0.12:8080').length, 2)
  },
  'Hosts and paths': async ({ ask }) => {
    const host = ['-H', 'Host: shop.example.com']
    assert.equal(await ask('/health', ...host), 'ok')
    const redirect = await ask('/old/', ...host, ...NO_BODY, '%{http_code} %{redirect_url}')
    assert.equal(redirect, '301 https://shop.example.com/new/')
    assert.match(await ask('/api/a/b?c', ...host), /^10\.0\.0\.21:8080 \/a\/b\?c /)
    assert.match(await ask('/a/b', ...host), /^10\.0\.0\.31:8080 \/a\/b /)
  },
  Files: async ({ ask }) => {
    assert.equal(await ask('/'), 'index')
    assert.equal(await ask('/some/page'), 'index')
    assert.equal(await ask('/assets/a.css'), 'asset')
    const cached = ['%{http_code} %header{cache-control}']
    assert.equal(await ask('/assets/a.css', ...NO_BODY, ...cached), '200 max-age=3600')
    assert.match(await ask('/assets/b.css', ...NO_BODY, ...cached), /^404 /)
  },
  Compression: async ({ ask }) => {
    const encoding = ['-H', 'Accept-Encoding: gzip', ...NO_BODY, '%header{content-encoding}']
    assert.equal(await ask('/', ...encoding), 'gzip')
    assert.equal(await ask('/', ...NO_BODY, '%header{content-encoding}'), '')
    assert.match(await ask('/', '--compressed'), /^10\.0\.0\.11:8080 \/ x{4096}$/)
  },
  TCP: async ({ ask }) => {
    // The other is for when this one is gone.
    for (let i = 0; i < 3; i++) assert.equal(endpointOf(await ask('/')), '10.0.0.5:5432')
  },
  'PROXY protocol': async ({ port }, context) => {
    const client = await connectRaw(context, port)
    client.write('PROXY TCP4 192.0.2.7 127.0.0.1 1234 443\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n')
    assert.equal((await client.message()).body, '192.0.2.7')
  },
  'Sticky clients': async ({ ask }) => {
    const answer = await ask('/', '-i')
    const endpoint = /10\.0\.0\.1[12]:8080/.exec(answer)?.[0]
    const cookie = /^set-cookie: ([^;\r]*)/im.exec(answer)?.[1]
    const again = cookie === undefined ? [] : ['-H', `Cookie: ${cookie}`]
    for (let i = 0; i < 4; i++) assert.equal(endpointOf(await ask('/', ...again)), endpoint)
  },
}

for (const [title, configs] of SECTIONS) {
  if (configs.size === 0) continue
  describe(`the configs of "${title}"`, () => {
    for (const [language, text] of configs) {
      const needsModule = language === 'nginx' && text.startsWith('stream {')
      const isMissing = needsModule && !existsSync(NGINX_STREAM_MODULE)
      const skip = isMissing && 'needs libnginx-mod-stream'
      test(`${language} does what the guide says`, { skip }, async (context) => {
        const expect = EXPECTATIONS[title]
        assert.ok(expect !== undefined, `say here what "${title}" is to do`)
        await expect(await run(context, language, text), context)
      })
    }
  })
}
