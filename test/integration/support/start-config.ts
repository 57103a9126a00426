import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { stringify } from 'yaml'
import type { ConfigInput } from '../../../src/config/schema/config.ts'
import { type SluiceProcess, startSluice } from '../../support/sluice-process.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'

/** A load balancer that runs a config file. */
export interface RunningConfig {
  sluice: SluiceProcess
  file: string
  ports: number[]
  /** Writes another config into the file. */
  write(config: ConfigInput | string): void
}

/** Writes a config to a temporary file and runs it with one worker, unless options say otherwise. */
export async function startConfig(
  context: TestContext,
  config: ConfigInput,
  ...options: string[]
): Promise<RunningConfig> {
  const file = join(temporaryFolder(context), 'lb.yaml')
  const write = (text: ConfigInput | string): void => {
    writeFileSync(file, typeof text === 'string' ? text : stringify(text))
  }
  write(config)
  const workers = options.includes('--workers') ? [] : ['--workers', '1']
  const sluice = startSluice(context, [file, ...workers, ...options])
  const count = config.listeners.filter(
    ({ address }) => !String(address).startsWith('unix:'),
  ).length
  return { sluice, file, write, ports: await sluice.ports(count) }
}

/** Asks for another config and waits until it is in force. */
export async function reload(running: RunningConfig, config: ConfigInput): Promise<void> {
  const { sluice, write } = running
  const count = () => sluice.stdout.split('Config reloaded').length
  const before = count()
  write(config)
  sluice.signal('SIGHUP')
  await sluice.until(() => count() > before, 'reload')
}
