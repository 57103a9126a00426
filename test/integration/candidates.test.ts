/** Which endpoints requests go to when not all of them are well: slow start, zones, panic. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { AppServer } from './support/app-server.ts'
import { ask } from './support/load.ts'
import type { RunningLb } from './support/start-lb.ts'
import { startUpstream } from './support/start-upstream.ts'

const HEALTH = {
  path: '/health',
  interval: '50ms',
  unhealthyInterval: '50ms',
  timeout: '20s',
  healthyThreshold: 1,
  unhealthyThreshold: 1,
}

/** A server that answers its name, and probes as `isWell` says. */
class Patient {
  isWell = true
  readonly name: string
  readonly server: AppServer

  private constructor(name: string, server: AppServer) {
    this.name = name
    this.server = server
    server.handler = ({ url }, response) => {
      response.writeHead(url === '/health' && !this.isWell ? 503 : 200).end(name)
    }
  }

  static async start(context: TestContext, name: string): Promise<Patient> {
    return new Patient(name, await AppServer.start(context, name))
  }

  get address(): string {
    return this.server.address
  }

  /** Changes what probes find, and waits until they have. */
  async becomes(what: 'well' | 'sick', { sluice }: RunningLb): Promise<void> {
    const word = what === 'well' ? 'healthy' : 'unhealthy'
    const line = new RegExp(`app: ${this.address} is ${word}\\b`, 'g')
    const before = [...sluice.stdout.matchAll(line)].length
    this.isWell = what === 'well'
    await sluice.until(
      () => [...sluice.stdout.matchAll(line)].length > before,
      `find ${this.name} ${word}`,
    )
  }
}

function patients(context: TestContext, names: string): Promise<Patient[]> {
  return Promise.all([...names].map((name) => Patient.start(context, name)))
}

/** Who answers so many requests, one after the other, sorted. */
async function answers(port: number, count: number): Promise<string> {
  let text = ''
  for (let i = 0; i < count; i++) {
    const { status, body } = await ask(port)
    text += status === 200 ? body : `<${status}>`
  }
  return [...text].sort().join('')
}

test('slowStart: an endpoint that returns begins with a tenth of its weight', async (context) => {
  const [a, b] = (await patients(context, 'ab')) as [Patient, Patient]
  // Its first step lasts an hour.
  const endpoints = [a.address, b.address]
  const lb = await startUpstream(context, { endpoints, health: HEALTH, slowStart: '10h' })
  assert.equal(await answers(lb.port, 20), 'a'.repeat(10) + 'b'.repeat(10))
  await a.becomes('sick', lb)
  assert.equal(await answers(lb.port, 20), 'b'.repeat(20))
  await a.becomes('well', lb)
  const share = [...(await answers(lb.port, 110))].filter((name) => name === 'a').length
  assert.ok(share >= 9 && share <= 11, `${share} of 110 at a tenth of the weight`)
})

test('slowStart: when the time is over, it has its whole weight', async (context) => {
  const [a, b] = (await patients(context, 'ab')) as [Patient, Patient]
  const endpoints = [a.address, b.address]
  const lb = await startUpstream(context, { endpoints, health: HEALTH, slowStart: '1s' })
  await a.becomes('sick', lb)
  await a.becomes('well', lb)
  const half = 'a'.repeat(10) + 'b'.repeat(10)
  // With nine tenths of its weight, it would not have half of a hundred requests.
  for (let inARow = 0; inARow < 5; ) {
    inARow = (await answers(lb.port, 20)) === half ? inARow + 1 : 0
  }
})

test('zone: the own zone serves while half of it is up, and then all do', async (context) => {
  const [a, b, c] = (await patients(context, 'abc')) as [Patient, Patient, Patient]
  const lb = await startUpstream(context, {
    endpoints: [
      { address: a.address, zone: 'east' },
      { address: b.address, zone: 'east' },
      { address: c.address, zone: 'west' },
    ],
    zone: 'east',
    health: HEALTH,
  })
  assert.equal(await answers(lb.port, 12), 'aaaaaabbbbbb')
  await a.becomes('sick', lb)
  assert.equal(await answers(lb.port, 12), 'bbbbbbbbbbbb')
  await b.becomes('sick', lb)
  assert.equal(await answers(lb.port, 12), 'cccccccccccc')
  await a.becomes('well', lb)
  assert.equal(await answers(lb.port, 12), 'aaaaaaaaaaaa')
})

test('zone: a zone of which more than half of the weight is down has the help of others', async (context) => {
  const [a, b, c] = (await patients(context, 'abc')) as [Patient, Patient, Patient]
  const lb = await startUpstream(context, {
    endpoints: [
      { address: a.address, zone: 'east', weight: 3 },
      { address: b.address, zone: 'east' },
      { address: c.address, zone: 'west' },
    ],
    zone: 'east',
    health: HEALTH,
  })
  assert.equal(await answers(lb.port, 12), 'aaaaaaaaabbb')
  await a.becomes('sick', lb)
  assert.equal(await answers(lb.port, 12), 'bbbbbbcccccc')
})

test('panicShare: with fewer endpoints up than that, health is not believed', async (context) => {
  const all = await patients(context, 'abcd')
  const [a, b, c] = all as [Patient, Patient, Patient, Patient]
  const endpoints = all.map(({ address }) => address)
  const lb = await startUpstream(context, { endpoints, health: HEALTH, panicShare: 0.5 })
  await a.becomes('sick', lb)
  await b.becomes('sick', lb)
  assert.equal(await answers(lb.port, 12), 'ccccccdddddd', 'half is up: it serves')
  await c.becomes('sick', lb)
  assert.equal(await answers(lb.port, 12), 'aaabbbcccddd', 'a quarter is up: all serve')
  await c.becomes('well', lb)
  assert.equal(await answers(lb.port, 12), 'ccccccdddddd')
})

test('without panicShare, one that is well serves alone', async (context) => {
  const all = await patients(context, 'abcd')
  const endpoints = all.map(({ address }) => address)
  const lb = await startUpstream(context, { endpoints, health: HEALTH })
  for (const one of all.slice(0, 3)) await one.becomes('sick', lb)
  assert.equal(await answers(lb.port, 12), 'dddddddddddd')
})
