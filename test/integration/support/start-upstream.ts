import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startSluice } from '../../support/sluice-process.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'
import type { RunningLb } from './start-lb.ts'

/** Starts `sluice` with a config of one HTTP listener, whose upstream `app` has these keys. */
export async function startUpstream(
  context: TestContext,
  upstream: Readonly<Record<string, unknown>>,
  ...options: string[]
): Promise<RunningLb> {
  const file = join(temporaryFolder(context), 'lb.json')
  const listeners = [{ address: '127.0.0.1:0', upstream: 'app' }]
  writeFileSync(file, JSON.stringify({ listeners, upstreams: { app: upstream } }))
  const workers = options.includes('--workers') ? [] : ['--workers', '1']
  const sluice = startSluice(context, [file, ...workers, ...options])
  const [port = 0] = await sluice.ports()
  return { sluice, port }
}
