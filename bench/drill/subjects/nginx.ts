import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nginxHttpDefaults, nginx as peer } from '../../load/peers/nginx.ts'
import { startProcess } from '../../load/process/managed-process.ts'
import { waitForPort } from '../../load/process/wait-for-port.ts'
import type { SubjectKind, SubjectSetup } from './subject.ts'
import { until } from './until.ts'
import { replaceWorkers, workersOf } from './workers-of.ts'

/** nginx; it has no active probes, so that only requests find out about endpoints. */
export const nginx: SubjectKind = {
  name: 'nginx',
  async start(setup) {
    const { directory, cpus, port } = setup
    const file = join(directory, 'nginx.conf')
    let workers = 2
    let generation = 0
    const write = (): void => writeFileSync(file, config(setup, workers, ++generation))
    write()
    const args = ['-p', directory, '-e', 'stderr', '-c', file]
    const child = await startProcess({ program: 'nginx', args }, cpus, directory)
    await waitForPort(port, child)
    const reload = async (): Promise<void> => {
      write()
      await replaceWorkers(child.pid, 'SIGHUP', workers)
    }
    return {
      label: 'nginx',
      version: peer.version() ?? '',
      reload,
      async reloadBroken() {
        writeFileSync(file, 'http {')
        const before = child.errorOutput().length
        process.kill(child.pid, 'SIGHUP')
        await until(() => child.errorOutput().indexOf('[emerg]', before) >= 0, 'nginx: [emerg]')
      },
      async resize(count) {
        workers = count
        await reload()
      },
      async crashWorker() {
        const [victim = 0] = workersOf(child.pid)
        process.kill(victim, 'SIGKILL')
        await until(() => !workersOf(child.pid).includes(victim), 'end of a worker of nginx')
      },
      stop: child.stop,
    }
  },
}

function config(
  { directory, port, endpointPorts }: SubjectSetup,
  workers: number,
  generation: number,
): string {
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes ${workers};
pid ${directory}/nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
  ${nginxHttpDefaults(directory)}
  upstream app {
    ${endpointPorts.map((endpoint) => `server 127.0.0.1:${endpoint};`).join(' ')}
    keepalive 64;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_next_upstream error timeout http_502 http_503 http_504;
      add_header X-Generation ${generation};
    }
  }
}
`
}
