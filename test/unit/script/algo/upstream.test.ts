import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Balance } from '../../../../src/balancer/pickers.ts'
import { MessageStart } from '../../../../src/engine/event.ts'
import { Message } from '../../../../src/engine/message.ts'
import { createUpstreamClass, type Upstream } from '../../../../src/script/algo/upstream.ts'
import type { UpstreamOptions } from '../../../../src/script/algo/upstream-options.ts'
import { chiSquare } from '../../balancer/support/endpoints.ts'

const TARGETS = ['a:1', 'b:1', 'c:1']
/** χ² of two degrees of freedom is above this once in 10,000 fair draws. */
const CHI_SQUARE_LIMIT = 18.4

let client = '10.1.1.1'
const UpstreamOfClient = createUpstreamClass(() => ({ inbound: { remoteAddress: client } }))

function make(options: Partial<UpstreamOptions> = {}): Upstream {
  return new UpstreamOfClient({ endpoints: TARGETS, ...options })
}

function request(path = '/', headers: Record<string, string> = {}): MessageStart {
  return new MessageStart({ method: 'GET', path, headers })
}

/** How often each target is selected, by requests with paths of their own. */
function sharesOf(upstream: Upstream, requests: number): number[] {
  const counts = new Map(TARGETS.map((target) => [target, 0]))
  for (let i = 0; i < requests; i++) {
    const target = upstream.select(request(`/${i}`))
    counts.set(target, (counts.get(target) ?? 0) + 1)
  }
  return [...counts.values()]
}

/** The same, and each request stays in progress. */
function sharesInProgress(upstream: Upstream, requests: number): number[] {
  const { observer } = upstream
  const counts = new Map(TARGETS.map((target) => [target, 0]))
  for (let i = 0; i < requests; i++) {
    const target = upstream.select()
    observer.target(target).begin()
    counts.set(target, (counts.get(target) ?? 0) + 1)
  }
  return [...counts.values()]
}

describe('algo.Upstream: slow start', () => {
  // So long that the first of its ten steps is not over while the test runs.
  const slowStart = '10h'
  /** A upstream whose third target has just returned. */
  const returned = (options: Partial<UpstreamOptions>): Upstream => {
    const endpoints = TARGETS.map((address) => ({ address, weight: 20 }))
    const upstream = make({ endpoints, slowStart, ...options })
    upstream.mark('c:1', false)
    assert.equal(sharesOf(upstream, 100)[2], 0)
    upstream.mark('c:1', true)
    return upstream
  }

  for (const balance of ['round-robin', 'power-of-two', 'random', 'maglev'] as const) {
    test(`${balance}: a target that returns gets a tenth of its share`, () => {
      const hash = balance === 'maglev' ? { hash: 'path' as const } : {}
      const value = chiSquare(sharesOf(returned({ balance, ...hash }), 21_000), [10, 10, 1])
      assert.ok(value < CHI_SQUARE_LIMIT, `chi-square ${value}`)
    })
  }

  for (const balance of ['least-connections', 'least-time'] as const) {
    test(`${balance}: it gets a tenth of the work in progress`, () => {
      const [a = 0, b = 0, c = 0] = sharesInProgress(returned({ balance }), 2100)
      assert.ok(Math.abs(a - 1000) <= 20 && Math.abs(b - 1000) <= 20, `${a} ${b}`)
      assert.ok(Math.abs(c - 100) <= 4, String(c))
    })
  }

  test('bounded-ring: it gets a tenth, as exactly as its points allow', () => {
    const [, , share = 0] = sharesOf(returned({ balance: 'bounded-ring', hash: 'path' }), 21_000)
    assert.ok(share > 600 && share < 1400, String(share))
  })

  test('a target that was never down has its whole share', () => {
    const upstream = make({ slowStart })
    for (const target of TARGETS) upstream.mark(target, true)
    assert.deepEqual(sharesOf(upstream, 300), [100, 100, 100])
  })

  test('without it, a target returns at once', () => {
    const upstream = make()
    upstream.mark('c:1', false)
    upstream.mark('c:1', true)
    assert.deepEqual(sharesOf(upstream, 300), [100, 100, 100])
  })
})

describe('algo.Upstream: priorities', () => {
  const endpoints = ['a:1', 'b:1', { address: 'c:1', priority: 1 }]

  test('a backup gets nothing while at least half of the others is up', () => {
    const upstream = make({ endpoints })
    assert.deepEqual(sharesOf(upstream, 300), [150, 150, 0])
    upstream.mark('a:1', false)
    assert.deepEqual(sharesOf(upstream, 300), [0, 300, 0])
  })

  test('it gets all when they are down, and nothing again when they return', () => {
    const upstream = make({ endpoints })
    for (const target of ['a:1', 'b:1']) upstream.mark(target, false)
    assert.deepEqual(sharesOf(upstream, 300), [0, 0, 300])
    for (const target of ['a:1', 'b:1']) upstream.mark(target, true)
    assert.deepEqual(sharesOf(upstream, 300), [150, 150, 0])
  })

  test('it joins them, by weight, when more than half of their weight is down', () => {
    const [a, b] = [{ address: 'a:1', weight: 3 }, 'b:1']
    const upstream = make({ endpoints: [a, b, { address: 'c:1', weight: 2, priority: 1 }] })
    upstream.mark('a:1', false)
    assert.deepEqual(sharesOf(upstream, 300), [0, 100, 200])
  })

  test('what cannot be reached is down', () => {
    const upstream = make({ endpoints })
    for (const target of ['a:1', 'b:1']) {
      upstream.observer.target(target).failed('ConnectionRefused')
    }
    assert.deepEqual(sharesOf(upstream, 300), [0, 0, 300])
    upstream.mark('a:1', true)
    assert.deepEqual(sharesOf(upstream, 300), [300, 0, 0])
  })
})

describe('algo.Upstream: zones and panic', () => {
  const endpoints = TARGETS.map((address, i) => ({ address, zone: i < 2 ? 'east' : 'west' }))

  test('the own zone comes first while half of it is up', () => {
    const upstream = make({ endpoints, zone: 'east' })
    assert.deepEqual(sharesOf(upstream, 300), [150, 150, 0])
    for (const target of ['a:1', 'b:1']) upstream.mark(target, false)
    assert.deepEqual(sharesOf(upstream, 300), [0, 0, 300])
  })

  test('with too few up, all are used', () => {
    const upstream = make({ panicShare: 0.5 })
    upstream.mark('a:1', false)
    assert.deepEqual(sharesOf(upstream, 300), [0, 150, 150])
    upstream.mark('b:1', false)
    assert.deepEqual(sharesOf(upstream, 300), [100, 100, 100])
  })
})

describe('algo.Upstream: sticky cookies', () => {
  const sticky = { cookie: 'srv', secret: 's' }
  const response = (headers: Record<string, unknown> = {}): MessageStart =>
    new MessageStart({ status: 200, headers })
  const cookiesOf = ({ head }: { head: object | null }): unknown =>
    (head as { headers: Record<string, unknown> }).headers['set-cookie']
  /** What a browser sends after a response to a request that went to this target. */
  const cookieFor = (upstream: Upstream, target: string): string => {
    for (;;) {
      const choice = upstream.choose(request())
      if (choice.select() !== target) continue
      const answer = response()
      choice.tie(answer)
      return String(cookiesOf(answer)).split(';')[0] as string
    }
  }

  for (const balance of ['round-robin', 'least-connections', 'random'] as Balance[]) {
    test(`${balance}: each client stays with its target; new ones are spread`, () => {
      const upstream = make({ balance, sticky })
      for (const target of TARGETS) {
        const cookie = cookieFor(upstream, target)
        for (let i = 0; i < 50; i++) {
          assert.equal(upstream.select(request('/', { cookie: `x=y; ${cookie}` })), target)
        }
      }
      if (balance === 'least-connections') return
      const value = chiSquare(sharesOf(upstream, 3000), [1, 1, 1])
      assert.ok(value < CHI_SQUARE_LIMIT, `chi-square ${value}`)
    })
  }

  test('a response is told of a new target once, beside its own cookies', () => {
    const upstream = make({ sticky })
    const first = upstream.choose(request())
    first.select()
    const answer = response({ 'set-cookie': ['mine=1'] })
    first.tie(answer)
    const [mine, cookie = ''] = cookiesOf(answer) as string[]
    assert.equal(mine, 'mine=1')
    assert.match(cookie, /^srv=[0-9a-f]{16}; Path=\/; HttpOnly; SameSite=Lax$/)
    const again = upstream.choose(request('/', { cookie: cookie.split(';')[0] as string }))
    assert.equal(again.select(), first.target)
    const second = response()
    again.tie(second)
    assert.equal(cookiesOf(second), undefined)
  })

  test('a client whose target is down gets another one, and its cookie', () => {
    const upstream = make({ sticky })
    const cookie = cookieFor(upstream, 'b:1')
    upstream.mark('b:1', false)
    const choice = upstream.choose(request('/', { cookie }))
    assert.notEqual(choice.select(), 'b:1')
    const answer = new Message({ status: 200 }, 'x')
    choice.tie(answer)
    assert.match(String(cookiesOf(answer)), /^srv=/)
    assert.notEqual(String(cookiesOf(answer)).split(';')[0], cookie)
  })

  test('a further attempt goes elsewhere', () => {
    const upstream = make({ sticky })
    const choice = upstream.choose(request('/', { cookie: cookieFor(upstream, 'b:1') }))
    assert.equal(choice.target, '')
    assert.equal(choice.select(), 'b:1')
    assert.notEqual(choice.select(), 'b:1')
    assert.notEqual(choice.target, 'b:1')
  })

  test('answers that nobody gave tie to nobody', () => {
    const choice = make({ sticky }).choose(request())
    choice.select()
    const failure = response()
    failure.failure = 'ConnectionRefused'
    choice.tie(failure)
    assert.equal(cookiesOf(failure), undefined)
  })

  test('all balancers with the same secret make the same cookie, others another one', () => {
    const cookie = cookieFor(make({ sticky }), 'c:1')
    assert.equal(cookieFor(make({ sticky }), 'c:1'), cookie)
    assert.notEqual(cookieFor(make({ sticky: { ...sticky, secret: 'other' } }), 'c:1'), cookie)
  })

  test('has the attributes that were asked for', () => {
    const attributes = { domain: 'a.test', path: '/app', maxAge: '1h', sameSite: 'None' } as const
    const choice = make({ sticky: { ...attributes, secure: true } }).choose(request())
    choice.select()
    const answer = response()
    choice.tie(answer)
    assert.match(
      String(cookiesOf(answer)),
      /^sluice=.{16}; Path=\/app; Domain=a\.test; Max-Age=3600; HttpOnly; SameSite=None; Secure$/,
    )
  })
})

describe('algo.Upstream: keys', () => {
  const KEYS = Array.from({ length: 3000 }, (_, i) => `key-${i}`)
  let user = ''
  const kinds: Record<
    string,
    { hash: UpstreamOptions['hash']; of: (key: string) => MessageStart }
  > = {
    header: { hash: { header: 'X-User' }, of: (key) => request('/', { 'x-user': key }) },
    cookie: { hash: { cookie: 'id' }, of: (key) => request('/', { cookie: `a=b; id=${key}` }) },
    query: { hash: { query: 'q' }, of: (key) => request(`/?x=1&q=${key}`) },
    path: { hash: 'path', of: (key) => request(`/${key}?x`) },
    host: { hash: 'host', of: (key) => request('/', { host: `${key}.test:80` }) },
    address: {
      hash: 'address',
      of: (key) => {
        client = key
        return request()
      },
    },
    'a function': {
      hash: () => user,
      of: (key) => {
        user = key
        return request()
      },
    },
  }
  for (const balance of ['maglev', 'bounded-ring'] as const) {
    for (const [kind, { hash, of }] of Object.entries(kinds)) {
      test(`${balance} by ${kind}: the same key, the same target, and keys are spread`, () => {
        const upstream = make({ balance, ...(hash !== undefined && { hash }) })
        const first = KEYS.map((key) => upstream.select(of(key)))
        assert.deepEqual(
          KEYS.map((key) => upstream.select(of(key))),
          first,
        )
        for (const target of TARGETS) {
          const share = first.filter((one) => one === target).length
          assert.ok(share > 700 && share < 1300, `${target}: ${share}`)
        }
      })
    }
  }

  test('a connection without a request is tied by its address', () => {
    const upstream = make({ balance: 'maglev', hash: 'address' })
    client = '10.0.0.7'
    const target = upstream.select()
    for (let i = 0; i < 20; i++) assert.equal(upstream.select(), target)
  })
})

describe('algo.Upstream: its observer', () => {
  test('counts what is in progress', () => {
    const upstream = make({ balance: 'least-connections' })
    for (const target of ['a:1', 'b:1']) upstream.observer.target(target).begin()
    assert.equal(upstream.select(), 'c:1')
    upstream.observer.target('a:1').end()
    upstream.observer.target('c:1').begin()
    assert.equal(upstream.select(), 'a:1')
  })

  test('has nothing to say about targets of others', () => {
    const observer = make({ balance: 'least-time' }).observer.target('elsewhere:1')
    assert.equal(observer.wantsAnswers, false)
    observer.begin()
    observer.answered(200, 1)
    observer.failed('ConnectionRefused')
    observer.end()
  })
})

describe('algo.Upstream: wrong arguments', () => {
  const cases: [options: unknown, message: RegExp][] = [
    [undefined, /argument #1 expects an object/],
    [{}, /option endpoints must be a list of at least one address/],
    [{ endpoints: [] }, /option endpoints must be a list of at least one address/],
    [{ endpoints: [1] }, /option endpoints\[0\] must be an address, or an object with one/],
    [{ endpoints: ['a:1', {}] }, /option endpoints\[1\]\.address must be a text/],
    [{ endpoints: ['a:1', 'a:1'] }, /option endpoints has a:1 twice/],
    [
      { endpoints: [{ address: 'a:1', weight: 0 }] },
      /endpoints\[0\]\.weight must be a whole number from 1 to 256/,
    ],
    [
      { endpoints: [{ address: 'a:1', priority: -1 }] },
      /endpoints\[0\]\.priority must be a whole number from 0 to 100/,
    ],
    [{ endpoints: ['a:1'], balance: 'fair' }, /option balance must be one of round-robin, /],
    [{ endpoints: ['a:1'], balance: 'maglev' }, /maglev needs option hash/],
    [{ endpoints: ['a:1'], hash: 'path' }, /round-robin does not hash: choose maglev or /],
    [{ endpoints: ['a:1'], balance: 'maglev', hash: 'body' }, /a key is address, host, path/],
    [{ endpoints: ['a:1'], slowStart: 'soon' }, /option slowStart must be a number of seconds/],
    [{ endpoints: ['a:1'], zone: 1 }, /option zone must be a text/],
    [{ endpoints: ['a:1'], panicShare: 2 }, /option panicShare must be a number from 0 to 1/],
    [{ endpoints: ['a:1'], sticky: true }, /option sticky must be an object/],
    [{ endpoints: ['a:1'], sticky: { cookie: 'a b' } }, /option sticky\.cookie must be a name/],
    [{ endpoints: ['a:1'], sticky: { path: '/; x' } }, /option sticky\.path must be a text with/],
    [{ endpoints: ['a:1'], sticky: { maxAge: 'x' } }, /option sticky\.maxAge must be a number/],
    [{ endpoints: ['a:1'], sticky: { sameSite: 'no' } }, /option sticky\.sameSite must be Strict/],
    [{ endpoints: ['a:1'], sticky: { secure: 1 } }, /option sticky\.secure must be true or false/],
  ]
  for (const [options, message] of cases) {
    test(JSON.stringify(options) ?? 'none', () => {
      assert.throws(() => new UpstreamOfClient(options as never), message)
    })
  }

  test('of methods', () => {
    const upstream = make()
    assert.throws(() => upstream.mark('x:1', true), /argument #1 expects the address of an end/)
    assert.throws(() => upstream.mark('a:1', 1 as never), /argument #2 expects a boolean/)
    assert.throws(() => upstream.select({} as never), /argument #1 expects an instance of Message/)
    assert.throws(() => upstream.choose().tie(1 as never), /argument #1 expects an instance of Me/)
  })
})
