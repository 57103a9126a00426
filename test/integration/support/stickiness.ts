import assert from 'node:assert/strict'
import type { AppServer } from './app-server.ts'
import { ask } from './load.ts'

/**
 * Checks that the cookie `srv` of a balancer ties a client to one of the servers, which tell their
 * names, and to another one when that is gone; and that cookies of the servers pass by it.
 */
export async function checkStickiness(servers: readonly AppServer[], port: number): Promise<void> {
  for (const server of servers) {
    const { handler } = server
    server.handler = (request, response) => {
      response.setHeader('Set-Cookie', ['mine=1', 'other=2'])
      handler(request, response)
    }
  }
  const { body, headers } = await ask(port)
  const cookies = headers['set-cookie'] as string[]
  assert.deepEqual(cookies.slice(0, 2), ['mine=1', 'other=2'])
  const cookie = (cookies[2] ?? '').split(';')[0] as string
  assert.match(cookie, /^srv=[0-9a-f]{16}$/)
  for (let i = 0; i < 6; i++) {
    const again = await ask(port, { headers: { cookie: `mine=1; ${cookie}` } })
    assert.equal(again.body, body)
    assert.deepEqual(again.headers['set-cookie'], ['mine=1', 'other=2'])
  }
  servers.find(({ name }) => name === body)?.kill()
  const moved = await ask(port, { headers: { cookie } })
  assert.equal(moved.status, 200)
  assert.notEqual(moved.body, body)
  assert.match((moved.headers['set-cookie'] as string[])[2] ?? '', /^srv=[0-9a-f]{16};/)
}
