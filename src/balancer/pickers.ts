import { BoundedRing } from './bounded-ring.ts'
import { LeastConnections } from './least-connections.ts'
import { LeastTime } from './least-time.ts'
import { Maglev } from './maglev.ts'
import type { Picker } from './picker.ts'
import { PowerOfTwo } from './power-of-two.ts'
import { Random } from './random.ts'
import { RoundRobin } from './round-robin.ts'

/** All algorithms, by the names that configs and options know. */
export const PICKERS = {
  'round-robin': () => new RoundRobin(),
  'least-connections': () => new LeastConnections(),
  'least-time': () => new LeastTime(),
  'power-of-two': () => new PowerOfTwo(),
  random: () => new Random(),
  maglev: () => new Maglev(),
  'bounded-ring': () => new BoundedRing(),
} as const satisfies Readonly<Record<string, () => Picker>>

/** The name of an algorithm. */
export type Balance = keyof typeof PICKERS

export const BALANCES = Object.keys(PICKERS) as readonly Balance[]

/** Those that choose by a key. */
export const CONSISTENT: readonly string[] = ['maglev', 'bounded-ring'] satisfies Balance[]
