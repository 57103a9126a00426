import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { haproxy as peer } from '../../load/peers/haproxy.ts'
import { startProcess } from '../../load/process/managed-process.ts'
import { waitForPort } from '../../load/process/wait-for-port.ts'
import { HaproxyMaster } from './haproxy-master.ts'
import type { SubjectKind, SubjectSetup } from './subject.ts'

/** HAProxy with a master process, which replaces its only worker at a reload. */
export const haproxy: SubjectKind = {
  name: 'haproxy',
  async start(setup) {
    const { directory, cpus, port } = setup
    const file = join(directory, 'haproxy.cfg')
    let threads = 2
    let generation = 0
    const write = (): void => writeFileSync(file, config(setup, threads, ++generation))
    write()
    const socketFile = join(directory, 'master.sock')
    const args = ['-W', '-db', '-S', socketFile, '-f', file]
    const child = await startProcess({ program: 'haproxy', args }, cpus, directory)
    await waitForPort(port, child)
    const master = new HaproxyMaster(socketFile)
    const reload = async (): Promise<void> => {
      write()
      await master.reload()
    }
    return {
      label: 'HAProxy',
      version: peer.version() ?? '',
      reload,
      async reloadBroken() {
        writeFileSync(file, 'frontend {')
        await master.reloadBroken()
      },
      async resize(count) {
        threads = count
        await reload()
      },
      // Its threads share one process: there is no worker that others outlive.
      crashWorker: undefined,
      stop: child.stop,
    }
  },
}

function config(
  { port, endpointPorts }: SubjectSetup,
  threads: number,
  generation: number,
): string {
  const servers = endpointPorts.map((endpoint, index) => {
    return `  server endpoint${index} 127.0.0.1:${endpoint} check inter 1s fastinter 500ms rise 2 fall 2`
  })
  return `global
  nbthread ${threads}
  maxconn 4096
defaults
  mode http
  http-reuse always
  no log
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option redispatch
  retries 2
  retry-on all-retryable-errors
listen balancer
  bind 127.0.0.1:${port}
  balance roundrobin
  option httpchk GET /health
  default-server observe layer7 error-limit 5 on-error mark-down
  http-response set-header X-Generation ${generation}
${servers.join('\n')}
`
}
