import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkConfig } from '../../../src/config/check-config.ts'
import { formatPath, type Problem } from '../../../src/config/problem.ts'
import { ConfigText } from '../../../src/config/source-text.ts'

const GOOD = `
listeners: [{ address: 8080, upstream: app }]
upstreams: { app: { endpoints: [9001] } }
`

/** Problems of a config as the command prints them. */
function problemsOf(yaml: string): string[] {
  const text = new ConfigText(yaml.trimStart())
  const result = checkConfig(text.value())
  if (result.isGood) return []
  const line = (one: Problem): string => {
    const { line, column } = text.locate(one)
    return `lb.yaml:${line}:${column}: ${formatPath(one.path)}: ${one.message}`
  }
  return result.problems.map(line)
}

test('takes a config of two lines', () => assert.deepEqual(problemsOf(GOOD), []))

test('takes what holds for TCP by default, and routes for what is to be upgraded', () => {
  const tcp = `listeners: [{ address: 1, protocol: tcp, upstream: app, compress: false, timeouts: { idle: 1s } }]
upstreams: { app: { endpoints: [9001], timeouts: { response: 1m, progress: 60, idle: 1s } } }`
  assert.deepEqual(problemsOf(tcp), [])
  const routes = `listeners: [{ address: 1, routes: [{ match: { headers: { Upgrade: websocket } }, respond: {} }] }]`
  assert.deepEqual(problemsOf(routes), [])
})

test('takes a config without upstreams, which answers by itself', () => {
  assert.deepEqual(problemsOf('listeners: [{ address: 1, routes: [{ respond: {} }] }]'), [])
})

const CASES: readonly [title: string, yaml: string, problems: string[]][] = [
  [
    'an address that is none',
    'listeners:\n  - address: "80a"\n    upstream: app\nupstreams: { app: { endpoints: [9001] } }',
    [
      'lb.yaml:2:14: listeners[0].address: expected a port, host:port, [ipv6]:port or unix:/path, found "80a"',
    ],
  ],
  [
    'keys that nobody knows',
    'listenrs: 1\nlisteners: [{ address: 1, upstream: app, nam: x }]\nupstreams: { app: { endpoints: [9001] } }',
    [
      'lb.yaml:2:42: listeners[0].nam: unknown key "nam": did you mean "name"?',
      'lb.yaml:1:1: listenrs: unknown key "listenrs": did you mean "listeners"?',
    ],
  ],
  [
    'what is missing',
    'listeners: [{ upstream: app }]',
    [
      'lb.yaml:1:13: listeners[0].address: expected a port, host:port, [ipv6]:port or unix:/path, found nothing: add address to listeners[0]',
      'lb.yaml:1:25: listeners[0].upstream: there is no upstream "app": add it to upstreams',
    ],
  ],
  [
    'listeners of one socket',
    'listeners: [{ address: 1, upstream: app }, { address: "0.0.0.0:1", upstream: app }, { address: "127.0.0.1:0", upstream: app }, { address: "127.0.0.1:0", upstream: app }]\nupstreams: { app: { endpoints: [9001] } }',
    ['lb.yaml:1:55: listeners[1].address: another listener has 0.0.0.0:1'],
  ],
  [
    'an endpoint twice',
    'listeners: [{ address: 1, upstream: app }]\nupstreams: { app: { endpoints: [9001, { address: "127.0.0.1:9001", weight: 2 }] } }',
    [
      'lb.yaml:2:39: upstreams.app.endpoints[1]: the upstream has 127.0.0.1:9001 already: give one of them a weight instead',
    ],
  ],
  [
    'what only HTTP has, for TCP',
    'listeners: [{ address: 1, upstream: app, protocol: tcp }]\nupstreams: { app: { endpoints: [9001], balance: maglev, hash: path, sticky: {} } }',
    [
      'lb.yaml:2:57: upstreams.app.hash: a tcp listener leads here, whose connections have only an address to go by',
      'lb.yaml:2:69: upstreams.app.sticky: a tcp listener leads here, whose connections have no cookies',
    ],
  ],
  [
    'what only requests have, for TCP',
    `listeners: [{ address: 1, upstream: app, protocol: tcp }]
upstreams:
  app: { endpoints: [9001], retry: {}, hedge: { after: 1s }, timeouts: { total: 1s, idle: 1s } }`,
    [
      'lb.yaml:3:29: upstreams.app.retry: a tcp listener leads here, whose connections have no requests',
      'lb.yaml:3:40: upstreams.app.hedge: a tcp listener leads here, whose connections have no requests',
      'lb.yaml:3:74: upstreams.app.timeouts.total: a tcp listener leads here, whose connections have no requests to wait for: use timeouts.idle instead',
    ],
  ],
  [
    'what listeners of HTTP have, for TCP',
    `listeners:
- { address: 1, upstream: app, protocol: tcp, httpLenientLf: true, limits: { maxHeaders: 9, maxConnections: 9 } }
- { address: 2, upstream: app, protocol: tcp, timeouts: { requestHead: 1s, handshake: 1s } }
upstreams: { app: { endpoints: [9001] } }`,
    [
      'lb.yaml:2:47: listeners[0].httpLenientLf: only HTTP has lines to read: leave it out of a tcp listener, or choose protocol: http',
      'lb.yaml:2:78: listeners[0].limits.maxHeaders: only HTTP has requests: leave it out of a tcp listener, or choose protocol: http',
      'lb.yaml:3:59: listeners[1].timeouts.requestHead: only HTTP has requests to wait for: use timeouts.idle instead',
    ],
  ],
  [
    'what only requests have, once for all tcp listeners',
    `listeners: [{ address: 1, upstream: app, protocol: tcp }, { address: 2, upstream: app, protocol: tcp }]
upstreams:
  app: { endpoints: [9001], retry: {}, circuit: { maxPending: 1, maxRequests: 2, maxRetries: 0 } }`,
    [
      'lb.yaml:3:29: upstreams.app.retry: a tcp listener leads here, whose connections have no requests',
      'lb.yaml:3:66: upstreams.app.circuit.maxRequests: a tcp listener leads here, whose connections have no requests: limit maxConnections of its endpoints instead',
    ],
  ],
  [
    'an interval in which nothing could be looked at',
    'listeners: [{ address: 1, upstream: app }]\nupstreams: { app: { endpoints: [9001], ejection: { interval: 0 } } }',
    [
      'lb.yaml:2:62: upstreams.app.ejection.interval: expected a duration such as 500ms, 5s or 2m, more than 0, found 0',
    ],
  ],
  [
    'probes that could not be made, or not be good',
    'listeners: [{ address: 1, upstream: app }]\nupstreams: { app: { endpoints: [9001], health: { interval: 0, timeout: 0s } }, b: { endpoints: [1], health: { method: HEAD, body: fine } } }',
    [
      'lb.yaml:2:60: upstreams.app.health.interval: expected a duration such as 500ms, 5s or 2m, more than 0, found 0',
      'lb.yaml:2:72: upstreams.app.health.timeout: expected a duration such as 500ms, 5s or 2m, more than 0, found "0s"',
      'lb.yaml:2:125: upstreams.b.health.body: what answers HEAD has no body: let probes GET, or look at the status only',
    ],
  ],
  [
    'splits without a share',
    'listeners: [{ address: 1, routes: [{ split: [] }, { split: [{ upstream: app, weight: 0 }] }] }]\nupstreams: { app: { endpoints: [9001] } }',
    [
      'lb.yaml:1:45: listeners[0].routes[0].split: expected at least 1 of them, found an empty list',
      'lb.yaml:1:86: listeners[0].routes[1].split[0].weight: expected at least one weight above 0, found 0',
    ],
  ],
  [
    'an upstream where there are none',
    'listeners: [{ address: 1, upstream: app }]',
    ['lb.yaml:1:37: listeners[0].upstream: there is no upstream "app": add it to upstreams'],
  ],
  [
    'a word of a few',
    'listeners: [{ address: 1, upstream: app, protocol: htp }]\nupstreams: { app: { endpoints: [9001], balance: fair } }',
    [
      'lb.yaml:1:52: listeners[0].protocol: expected one of http, tcp, found "htp": did you mean "http"?',
      'lb.yaml:2:49: upstreams.app.balance: expected one of round-robin, least-connections, least-time, power-of-two, random, maglev, bounded-ring, found "fair": use one of round-robin, least-connections, least-time, power-of-two, random, maglev, bounded-ring',
    ],
  ],
  [
    'numbers and times out of bounds',
    'listeners: [{ address: 1, upstream: app }]\nupstreams: { app: { endpoints: [{ address: 9001, weight: 300 }], timeouts: { connect: soon, idle: -1 } } }',
    [
      'lb.yaml:2:58: upstreams.app.endpoints[0].weight: expected a whole number from 1 to 256, found 300',
      'lb.yaml:2:87: upstreams.app.timeouts.connect: expected a duration such as 500ms, 5s or 2m, found "soon"',
      'lb.yaml:2:99: upstreams.app.timeouts.idle: expected a duration such as 500ms, 5s or 2m, found -1',
    ],
  ],
  [
    'paths that no filter would take',
    `listeners:
  - address: 1
    routes:
      - match: { path: { prefix: /a } }
        rewrite: { prefix: /b?c }
        upstream: app
      - redirect: { path: { to: '/b#c' } }
      - redirect: { host: '*.example.com' }
      - match: { path: { exact: '/x?y' } }
        files: { root: /, index: .hidden, fallback: /../etc/passwd }
upstreams: { app: { endpoints: [9001], sticky: { domain: 'a; b' }, health: { host: "a\\nb" } } }`,
    [
      'lb.yaml:5:28: listeners[0].routes[0].rewrite.prefix: expected a path that begins with /, without ? and #, spaces and what is not ASCII percent-encoded, found "/b?c"',
      'lb.yaml:7:33: listeners[0].routes[1].redirect.path.to: expected a path without ? and #, spaces and what is not ASCII percent-encoded, found "/b#c"',
      'lb.yaml:8:27: listeners[0].routes[2].redirect.host: expected a host name, found "*.example.com"',
      'lb.yaml:9:33: listeners[0].routes[3].match.path.exact: expected a path that begins with /, without ? and #, spaces and what is not ASCII percent-encoded, found "/x?y"',
      'lb.yaml:10:34: listeners[0].routes[3].files.index: expected the name of a file that does not begin with a dot, found ".hidden"',
      'lb.yaml:10:53: listeners[0].routes[3].files.fallback: expected the path of a file below the root, such as /index.html, found "/../etc/passwd"',
      'lb.yaml:11:58: upstreams.app.sticky.domain: expected a text without semicolons and control characters, found "a; b"',
      'lb.yaml:11:84: upstreams.app.health.host: expected a text without line ends, found "a\\nb"',
    ],
  ],
  [
    'names that others could not write',
    'listeners: [{ address: 1, upstream: app }]\nupstreams: { app: { endpoints: [9001] }, "a b": { endpoints: [1] } }',
    [
      'lb.yaml:2:42: upstreams["a b"]: expected a name of letters, digits, dots, dashes and underscores, found "a b"',
    ],
  ],
  [
    'a path condition of two kinds',
    'listeners: [{ address: 1, routes: [{ match: { path: { exact: /a, prefix: /b } }, upstream: app }] }]\nupstreams: { app: { endpoints: [9001] } }',
    [
      'lb.yaml:1:53: listeners[0].routes[0].match.path: expected one of exact, prefix and regex, found a section',
    ],
  ],
  [
    'upstreams that are not there',
    'listeners: [{ address: 1, upstream: ap }, { address: 2 }]\nroutes: [{ upstream: api }]\nupstreams: { app: { endpoints: [9001] } }',
    [
      'lb.yaml:1:37: listeners[0].upstream: there is no upstream "ap": did you mean "app"?',
      'lb.yaml:2:22: routes[0].upstream: there is no upstream "api": did you mean "app"?',
    ],
  ],
  [
    'listeners that lead nowhere',
    'listeners:\n- { address: 1 }\n- { address: 2, protocol: tcp }\nupstreams: { app: { endpoints: [9001] } }',
    [
      'lb.yaml:2:3: listeners[0]: leads nowhere: add routes or an upstream',
      'lb.yaml:3:3: listeners[1]: a tcp listener needs an upstream',
    ],
  ],
  [
    'listeners that cannot decide',
    'listeners:\n- { address: 1, upstream: app, routes: [{ upstream: app }] }\n- { address: 2, protocol: tcp, routes: [{ upstream: app }] }\nupstreams: { app: { endpoints: [9001] } }',
    [
      'lb.yaml:2:17: listeners[0].upstream: routes and upstream exclude each other: make the upstream the last route',
      'lb.yaml:3:32: listeners[1].routes: only HTTP has routes: give the tcp listener an upstream instead',
    ],
  ],
  [
    'networks that are none',
    "listeners:\n- { address: 1, upstream: app, proxyProtocol: { from: ['10.0.0.0/33'] } }\nupstreams: { app: { endpoints: [9001] } }",
    [
      'lb.yaml:2:56: listeners[0].proxyProtocol.from[0]: expected an IP address, or a network such as 10.0.0.0/8 or fd00::/8, found "10.0.0.0/33"',
    ],
  ],
  [
    'a limit of connections that serve one client each',
    'listeners: [{ address: 1, upstream: app }]\nupstreams:\n  app: { endpoints: [9001], proxyProtocol: v2, circuit: { maxConnections: 9 } }',
    [
      'lb.yaml:3:59: upstreams.app.circuit.maxConnections: with proxyProtocol, clients have connections of their own: limit maxConnections of the listener',
    ],
  ],
  [
    'two listeners of one name',
    'listeners:\n- { name: a, address: 1, upstream: app }\n- { name: a, address: 2, upstream: app }\nupstreams: { app: { endpoints: [9001] } }',
    ['lb.yaml:3:11: listeners[1].name: there is another listener a'],
  ],
]

for (const [title, yaml, problems] of CASES)
  test(`refuses ${title}`, () => assert.deepEqual(problemsOf(yaml), problems))

test('tells of references beside what the schema refuses', () => {
  const yaml = `listeners:
  - { address: nowhere, upstream: wbe }
  - { address: 1, protocol: tcp, prtocol: x, routes: [{ upstream: 5, rewrite: { prefix: /a } }] }
upstreams:
  web: { endpoints: [1, 1], balance: maglev, timeouts: { idle: soon } }
  broken: 7
`
  assert.deepEqual(problemsOf(yaml), [
    'lb.yaml:2:16: listeners[0].address: expected a port, host:port, [ipv6]:port or unix:/path, found "nowhere"',
    'lb.yaml:3:67: listeners[1].routes[0].upstream: expected a name, found 5',
    'lb.yaml:3:34: listeners[1].prtocol: unknown key "prtocol": did you mean "protocol"?',
    'lb.yaml:5:64: upstreams.web.timeouts.idle: expected a duration such as 500ms, 5s or 2m, found "soon"',
    'lb.yaml:6:11: upstreams.broken: expected a section with keys, found 7',
    'lb.yaml:2:35: listeners[0].upstream: there is no upstream "wbe": did you mean "web"?',
    'lb.yaml:3:81: listeners[1].routes[0].rewrite.prefix: there is no prefix to replace: add match.path.prefix to the route',
    'lb.yaml:3:46: listeners[1].routes: only HTTP has routes: give the tcp listener an upstream instead',
    'lb.yaml:5:25: upstreams.web.endpoints[1]: the upstream has 127.0.0.1:1 already: give one of them a weight instead',
    'lb.yaml:5:38: upstreams.web.balance: maglev needs a hash: say what it goes by, such as hash: address',
  ])
})

const CONSEQUENCES: readonly [title: string, yaml: string][] = [
  [
    'all upstreams',
    'listeners: [{ address: 1, upstream: a }]\nupstrems: { a: { endpoints: [1] } }',
  ],
  [
    'the upstream of a listener',
    'listeners: [{ address: 1, upstrem: a }]\nupstreams: { a: { endpoints: [1] } }',
  ],
  [
    'the hash of an upstream',
    'listeners: [{ address: 1, upstream: a }]\nupstreams: { a: { endpoints: [1], balance: maglev, hsh: address } }',
  ],
  [
    'the prefix of a route',
    'listeners: [{ address: 1, routes: [{ match: { path: { prefx: /a, exact: /b } }, upstream: a, rewrite: { prefix: /c } }] }]\nupstreams: { a: { endpoints: [1] } }',
  ],
]

for (const [title, yaml] of CONSEQUENCES) {
  test(`misses nothing that may be meant by an unknown key: ${title}`, () => {
    const problems = problemsOf(yaml)
    assert.equal(problems.length, 1, problems.join('\n'))
    assert.match(problems[0] ?? '', /unknown key/)
  })
}

test('tells how many endpoints there can be', () => {
  const endpoints = (net: number) =>
    Array.from({ length: 3000 }, (_, at) => `10.${net}.${at >> 8}.${at & 255}:1`)
  const config = {
    listeners: [{ address: 1, upstream: 'a' }],
    upstreams: { a: { endpoints: endpoints(0) }, b: { endpoints: endpoints(1) } },
  }
  assert.deepEqual(
    problemsOf(JSON.stringify(config)).map((line) => line.replace(/^\S* /, '')),
    [
      'upstreams.b.endpoints: there are more than 4096 endpoints of all upstreams: use several processes',
    ],
  )
})

test('takes JSON for what it is', () => {
  const json = JSON.stringify({
    listeners: [{ address: 8080, upstream: 'app' }],
    upstreams: { app: { endpoints: [9001] } },
  })
  assert.deepEqual(problemsOf(json), [])
})
