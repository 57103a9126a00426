import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { readRunOptions } from '../../../src/cli/common-options.ts'
import { describeFlags } from '../../../src/cli/describe-config.ts'
import { LB_OPTIONS, readFlags } from '../../../src/cli/lb-command.ts'
import { parseOptions } from '../../../src/cli/option-table.ts'
import { defaultsOf } from '../../../src/cli/process-section.ts'
import { checkConfig } from '../../../src/config/check-config.ts'
import { normalise } from '../../../src/config/normalise.ts'
import { limitsOf, timeoutsOf } from '../../../src/net/listener-policy.ts'
import type { LoadBalancerSpec } from '../../../src/program/spec.ts'

/** Values for options that take one, different from the default. */
const VALUES: Readonly<Record<string, string>> = {
  '<address>': '127.0.0.1:9999',
  '<address[=weight]>': 'app:9000=3',
  '<algorithm>': 'least-time',
  '<version>': 'v2',
  '<mode>': 'trust',
  '<time>': '1500ms',
  '<n>': '7',
  '<size>': '3k',
  '<MB>': '77',
  '<level>': 'debug',
  '<path>': 'some/file',
}

/** What the same name of a value means elsewhere, and what else an option needs. */
const MORE: Readonly<Record<string, { value?: string; beside?: string[] }>> = {
  'access-log-format': { value: '{client} "{status}"', beside: ['--access-log=x'] },
  'admin-token-file': { beside: ['--admin=9999'] },
  'log-format': { value: 'json' },
}

/** They have nothing that a config could say. */
const ACTIONS = ['help', 'print-config', 'verify']

const BASE = ['--listen', '8080', '--listen', 'unix:/tmp/a', '--to', '127.0.0.1:9001']

/** A program and the options of its process, with all that is so without being said. */
function meaningOf(spec: LoadBalancerSpec, run: object) {
  const listen = spec.listen.map((one) => ({
    ...one,
    httpLenientLf: one.httpLenientLf ?? false,
    limits: limitsOf(one),
    timeouts: timeoutsOf({
      timeouts: { idleMs: spec.idleMs, keepAliveMs: spec.idleMs, ...one.timeouts },
    }),
  }))
  return { ...spec, listen, run }
}

/** What flags mean, and what the config means that is printed of them. */
function bothMeanings(args: readonly string[]) {
  const { config, run } = readFlags(parseOptions(args, LB_OPTIONS))
  const printed = checkConfig(parse(describeFlags(config, true)))
  assert.ok(printed.isGood, args.join(' '))
  const fromFile = readRunOptions(parseOptions([], LB_OPTIONS), defaultsOf(printed.config.process))
  return [
    meaningOf(normalise(config), run),
    meaningOf(normalise(printed.config), fromFile),
  ] as const
}

/** What cannot be said beside --tcp. */
const HTTP_ONLY = [
  'http-lenient-lf',
  'head-timeout',
  'body-timeout',
  'keep-alive-timeout',
  'max-headers',
  'max-head-size',
  'max-request-line-size',
  'max-body-size',
  'min-body-rate',
  'max-chunk-extension-size',
  'max-trailers-size',
  'max-requests',
  'max-pipelined',
  'x-forwarded',
  'forwarded',
  'request-id',
  'traceparent',
  'response-timeout',
  'progress-timeout',
  'access-log',
  'access-log-format',
]

for (const { name, value } of LB_OPTIONS) {
  if (ACTIONS.includes(name)) continue
  for (const mode of [[], ['--tcp']]) {
    test(`the config that is printed says what --${name} says ${mode.join('')}`, () => {
      const { value: own, beside = [] } = MORE[name] ?? {}
      const text = own ?? VALUES[value ?? '']
      if (value !== undefined) assert.ok(text, `say here what --${name} may be given: ${value}`)
      const option = value === undefined ? [`--${name}`] : [`--${name}=${text}`]
      if (mode.length > 0 && HTTP_ONLY.includes(name)) {
        const error = {
          message: `--${name} is for HTTP, and --tcp passes bytes as they are: leave one out`,
        }
        return assert.throws(
          () => readFlags(parseOptions([...BASE, ...mode, ...option], LB_OPTIONS)),
          error,
        )
      }
      const common = [...BASE, ...mode.filter((one) => one !== option[0])]
      const [flags, file] = bothMeanings([...common, ...beside, ...option])
      assert.deepEqual(file, flags)
      // The option means something: else this would prove nothing.
      const [without] = bothMeanings([...common, ...beside])
      assert.notDeepEqual(flags, without)
    })
  }
}

test('all of them together', () => {
  const all = LB_OPTIONS.filter(({ name }) => ![...ACTIONS, 'tcp'].includes(name)).map(
    ({ name, value }) =>
      value === undefined ? `--${name}` : `--${name}=${MORE[name]?.value ?? VALUES[value]}`,
  )
  const [flags, file] = bothMeanings(all)
  assert.deepEqual(file, flags)
})

test('has all sections that hold without being written, and no number of the machine', () => {
  const { config } = readFlags(parseOptions(BASE, LB_OPTIONS))
  const { listeners, ...printed } = parse(describeFlags(config, true))
  assert.deepEqual(Object.keys(printed), ['upstreams', 'forwarding', 'idleTimeout', 'process'])
  assert.deepEqual(printed.process, {
    drainTimeout: '30s',
    hangTimeout: '10s',
    workerMemory: 1024,
    pinCpus: false,
    logFormat: 'text',
    logLevel: 'warn',
  })
  assert.equal(listeners[0].limits.maxHeaders, 100)
  assert.equal(listeners[0].timeouts.keepAlive, '60s')
  assert.equal(printed.upstreams.default.timeouts.progress, '60s')
})
