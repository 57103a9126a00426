import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkConfig } from '../../../src/config/check-config.ts'
import { findCulprit } from '../../../src/config/find-culprit.ts'
import { normalise } from '../../../src/config/normalise.ts'
import { formatPath } from '../../../src/config/problem.ts'
import type { LoadBalancerSpec } from '../../../src/program/spec.ts'

const GOOD = {
  listeners: [
    { address: 1, routes: [{ upstream: 'a' }, { name: 'own', upstream: 'b' }] },
    { address: 2 },
    { address: 3, protocol: 'tcp', upstream: 'a', name: 'tcp' },
    { address: 4, upstream: 'b', name: 'short' },
  ],
  routes: [{ upstream: 'a' }, { name: 'shared', upstream: 'b' }],
  upstreams: { a: { endpoints: [1] }, b: { endpoints: [2], zone: 'bad' } },
}

/** Whom a program that cannot be made with something is blamed on. */
function blame(isBad: (spec: LoadBalancerSpec) => boolean): string {
  const result = checkConfig(GOOD)
  assert.ok(result.isGood)
  const { config } = result
  const build = (spec: LoadBalancerSpec): void => {
    if (isBad(spec)) throw new Error('no')
  }
  return formatPath(findCulprit(config, normalise(config), build))
}

function hasRoute(spec: LoadBalancerSpec, name: string): boolean {
  return spec.listen.some(
    ({ service }) =>
      service.protocol === 'http' && service.routes.some((route) => route.name === name),
  )
}

test('blames an upstream, a listener, or a route of one or of all', () => {
  assert.equal(
    blame(({ upstreams }) => upstreams.some(({ zone }) => zone === 'bad')),
    'upstreams.b',
  )
  assert.equal(
    blame(({ listen }) => listen.some(({ name }) => name === 'tcp')),
    'listeners[2]',
  )
  assert.equal(
    blame(({ listen }) => listen.some(({ name }) => name === 'short')),
    'listeners[3]',
  )
  assert.equal(
    blame((spec) => hasRoute(spec, 'own')),
    'listeners[0].routes[1]',
  )
  assert.equal(
    blame((spec) => hasRoute(spec, 'shared')),
    'routes[1]',
  )
})

test('blames nobody for what only the whole cannot do', () => {
  assert.equal(
    blame(({ listen }) => listen.length > 1),
    '',
  )
})
