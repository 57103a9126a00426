import type { TestContext } from 'node:test'
import { type SluiceProcess, startSluice } from '../../support/sluice-process.ts'
import type { RawServer } from './raw-server.ts'

/** A load balancer that accepts on a loopback port. */
export interface RunningLb {
  sluice: SluiceProcess
  port: number
}

/** Starts `sluice lb` with one worker, unless the options say otherwise. */
export async function startLb(
  context: TestContext,
  upstreams: readonly (RawServer | string)[],
  ...options: string[]
): Promise<RunningLb> {
  const to = upstreams.flatMap((one) => ['--to', typeof one === 'string' ? one : one.address])
  const workers = options.includes('--workers') ? [] : ['--workers', '1']
  // Tests compare what is forwarded with what was sent; those of these fields ask for them.
  const forwarded = options.includes('--x-forwarded') ? [] : ['--x-forwarded', 'off']
  const args = ['lb', '--listen', '127.0.0.1:0', ...to, ...workers, ...forwarded, ...options]
  const sluice = startSluice(context, args)
  const [port = 0] = await sluice.ports()
  return { sluice, port }
}
