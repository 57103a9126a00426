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

test('takes JSON for what it is', () => {
  const json = JSON.stringify({
    listeners: [{ address: 8080, upstream: 'app' }],
    upstreams: { app: { endpoints: [9001] } },
  })
  assert.deepEqual(problemsOf(json), [])
})
