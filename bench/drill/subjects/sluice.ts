import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { BenchError } from '../../load/bench-error.ts'
import { sluice as peer } from '../../load/peers/sluice.ts'
import { findFreePort } from '../../load/process/free-port.ts'
import { startProcess } from '../../load/process/managed-process.ts'
import { waitForPort } from '../../load/process/wait-for-port.ts'
import { projectPath, siblingModule } from '../../load/project.ts'
import type { SubjectKind, SubjectSetup } from './subject.ts'
import { until } from './until.ts'

/** Sluice with a config: probes every second, ejection, retries. */
export const sluice: SubjectKind = {
  name: 'sluice',
  async start(setup) {
    const { directory, cpus, port } = setup
    const file = join(directory, 'lb.yaml')
    const adminPort = await findFreePort()
    const tokenFile = join(directory, 'token')
    let generation = 0
    const write = (): void => writeFileSync(file, config(setup, ++generation))
    write()
    const preload = siblingModule(import.meta.url, '../die-on-request').href
    const child = await startProcess(
      {
        program: process.execPath,
        args: [
          ...['--import', preload, projectPath('bin/sluice'), file, '--workers', '2'],
          ...['--admin', String(adminPort), '--admin-token-file', tokenFile],
        ],
        environment: { DRILL_DEATHS: directory },
      },
      cpus,
      directory,
    )
    await waitForPort(port, child)
    await waitForPort(adminPort, child)

    /** Signals, and waits until one more line of the log says what came of it. */
    const hangUp = async (result: string): Promise<void> => {
      const count = (): number => child.output().split(result).length
      const before = count()
      process.kill(child.pid, 'SIGHUP')
      await until(() => count() > before, `Sluice: ${result}`)
    }
    const ask = async (method: string, body?: object): Promise<Workers> => {
      const token = readFileSync(tokenFile, 'utf8').trim()
      const response = await fetch(`http://127.0.0.1:${adminPort}/api/v1/workers`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (!response.ok) throw new BenchError(`admin API of Sluice: ${text}`)
      return JSON.parse(text) as Workers
    }
    return {
      label: 'Sluice',
      version: peer.version() ?? '',
      async reload() {
        write()
        await hangUp('Config reloaded')
      },
      async reloadBroken() {
        writeFileSync(file, 'listeners: [')
        await hangUp('Failed reloading config')
      },
      async resize(workers) {
        await ask('PUT', { count: workers })
      },
      async crashWorker() {
        const before = (await ask('GET')).workers[0]?.deaths ?? 0
        const names = readdirSync(directory).filter((name) => /^0\.\d+\.sock$/.test(name))
        const newest = names.sort().at(-1)
        if (newest === undefined) throw new BenchError('worker 0 of Sluice has no way to die')
        const socket = connect(join(directory, newest)).on('error', () => {})
        for (;;) {
          if (((await ask('GET')).workers[0]?.deaths ?? 0) > before) break
        }
        socket.destroy()
        rmSync(join(directory, newest), { force: true })
      },
      stop: child.stop,
    }
  },
}

interface Workers {
  readonly workers: readonly { readonly deaths: number }[]
}

function config({ port, endpointPorts }: SubjectSetup, generation: number): string {
  return `listeners:
  - address: 127.0.0.1:${port}
routes:
  - upstream: app
    responseHeaders: { set: { X-Generation: '${generation}' } }
upstreams:
  app:
    endpoints: [${endpointPorts.map((endpoint) => `'127.0.0.1:${endpoint}'`).join(', ')}]
    health: { path: /health, interval: 1s, unhealthyInterval: 500ms }
    ejection: {}
    retry: {}
`
}
