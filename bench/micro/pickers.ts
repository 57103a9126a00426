import { writeFileSync } from 'node:fs'
import { createEndpoint, type Endpoint, type Picker } from '../../src/balancer/picker.ts'
import { PICKERS } from '../../src/balancer/pickers.ts'
import { describeMachine } from '../load/report/machine.ts'

const RESULTS = 'bench/results/pickers.json'
const PICKS = 1_000_000
const ROUNDS = 9
const SIZES = [2, 10, 100] as const

interface Row {
  readonly picker: string
  readonly endpoints: number
  /** Median of the rounds. */
  readonly nanoseconds: number
}

/** Measures one pick with each picker, prints a table, and writes bench/results/pickers.json. */
export function runPickers(): void {
  const rows = Object.entries(PICKERS).flatMap(([picker, create]) =>
    SIZES.map(
      (endpoints): Row => ({ picker, endpoints, nanoseconds: measure(create(), endpoints) }),
    ),
  )
  console.log(`| one pick of | ${SIZES.map((size) => `${size} endpoints`).join(' | ')} |`)
  console.log(`|---|${'---|'.repeat(SIZES.length)}`)
  for (const picker of Object.keys(PICKERS)) {
    const cells = rows.filter((row) => row.picker === picker).map((row) => `${row.nanoseconds} ns`)
    console.log(`| ${picker} | ${cells.join(' | ')} |`)
  }
  writeFileSync(RESULTS, `${JSON.stringify({ machine: describeMachine(), rows }, null, 2)}\n`)
  console.log(`\nwritten to ${RESULTS}`)
}

function measure(picker: Picker, count: number): number {
  const endpoints = Array.from({ length: count }, (_, i) => createEndpoint(`10.0.0.${i}:80`, 1))
  run(picker, endpoints)
  const times = Array.from({ length: ROUNDS }, () => {
    const start = process.hrtime.bigint()
    run(picker, endpoints)
    return Number(process.hrtime.bigint() - start) / PICKS
  }).sort((one, other) => one - other)
  return Math.round((times[ROUNDS >> 1] ?? 0) * 10) / 10
}

/** As in real life, the endpoint that was picked is busy for a while. */
function run(picker: Picker, endpoints: readonly Endpoint[]): void {
  const busy = Array<Endpoint | null>(64).fill(null)
  let key = 1
  for (let i = 0; i < PICKS; i++) {
    key = (Math.imul(key, 1664525) + 1013904223) >>> 0
    const endpoint = picker.pick(endpoints, key)
    const before = busy[i & 63] as Endpoint | null
    if (before !== null) before.active--
    endpoint.active++
    busy[i & 63] = endpoint
  }
  for (const endpoint of endpoints) endpoint.active = 0
}
