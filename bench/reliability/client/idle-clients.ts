import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { BenchError } from '../../load/bench-error.ts'
import { siblingModule } from '../../load/project.ts'
import { startAttacker } from '../attacker.ts'
import type { FaultOutcome } from '../fault.ts'
import type { Stage } from '../stage.ts'

/** Many clients that connect and stay, in a process of their own. */
export interface IdleClients {
  /** Ends them; returns how many were still connected. */
  end(): Promise<FaultOutcome>
}

const LOOK_MS = 50

/** Connects so many clients, of which every other one makes a request; resolves when all are there. */
export async function startIdleClients(stage: Stage, count: number): Promise<IdleClients> {
  const script = fileURLToPath(siblingModule(import.meta.url, '../idle-clients'))
  const args = [script, String(stage.port), String(count)]
  const child = await startAttacker(stage, process.execPath, args)
  while (!child.output().startsWith('open\n')) {
    if (!child.isRunning()) throw new BenchError(`idle clients: ${child.errorOutput().trim()}`)
    await pause(LOOK_MS)
  }
  const end = async (): Promise<FaultOutcome> => {
    process.kill(child.pid, 'SIGTERM')
    await child.ended
    return JSON.parse(child.output().split('\n')[1] ?? '') as FaultOutcome // of ../idle-clients.ts
  }
  return { end }
}
