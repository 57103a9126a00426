import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type SluiceProcess, startSluice } from '../../../support/sluice-process.ts'
import { eventually } from '../../support/process-facts.ts'
import type { RawServer } from '../../support/raw-server.ts'

/** How a worker ends: `hang` by the watchdog. */
export type Death = 'throw' | 'exit' | 'heap' | 'hang'

/** A load balancer whose workers can be ended. */
export interface MortalLb {
  readonly sluice: SluiceProcess
  readonly port: number
  /** Ends the worker of slot 0; resolves when the log tells of it. */
  kill(death: Death): Promise<void>
}

export async function startMortalLb(
  context: TestContext,
  upstream: RawServer,
  workers: number,
  ...more: string[]
): Promise<MortalLb> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-mortal-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const preload = new URL('./mortal.js', import.meta.url).href
  const options = ['--workers', String(workers), '--worker-memory', '64', '--hang-timeout', '1s']
  const sluice = startSluice(
    context,
    ['lb', '--listen', '127.0.0.1:0', '--to', upstream.address, ...options, ...more],
    { NODE_OPTIONS: `--import=${preload}`, SLUICE_MORTAL: directory },
  )
  const [port = 0] = await sluice.ports()
  const used = new Set<string>()
  const deaths = (): number => sluice.stdout.split(/Worker 0 died/).length
  return {
    sluice,
    port,
    async kill(death) {
      const before = deaths()
      const fresh = (): string | undefined =>
        readdirSync(directory).find((name) => name.startsWith('0.') && !used.has(name))
      await eventually(
        () => fresh() !== undefined,
        () => 'the worker can be ended',
      )
      const newest = fresh() as string
      used.add(newest)
      const socket = connect(join(directory, newest)).on('error', () => {})
      context.after(() => socket.destroy())
      socket.write(death)
      await sluice.until(() => deaths() > before, 'notice that a worker has died')
    },
  }
}
