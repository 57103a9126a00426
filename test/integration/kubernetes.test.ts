/** The manifests in examples/kubernetes, held against what the program really has. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parse, parseAllDocuments } from 'yaml'
import { loadConfig } from '../../src/config/load-config.ts'
import { runSluice, startSluice } from '../support/sluice-process.ts'
import { temporaryFolder } from '../support/temporary-script.ts'
import { AppServer } from './support/app-server.ts'
import { ask } from './support/load.ts'

const FOLDER = 'examples/kubernetes'
/** Lower ports take a capability that the container does not have. */
const FIRST_ORDINARY_PORT = 1024

interface Probe {
  httpGet: { path: string; port: string }
}

interface Container {
  args: string[]
  ports: { name: string; containerPort: number }[]
  readinessProbe: Probe
  livenessProbe: Probe
  lifecycle: { preStop: { exec: { command: string[] } } }
  resources: { requests: { cpu: string } }
  securityContext: {
    allowPrivilegeEscalation: boolean
    readOnlyRootFilesystem: boolean
    capabilities: { drop: string[] }
  }
  volumeMounts: { name: string; mountPath: string }[]
}

interface Pod {
  terminationGracePeriodSeconds: number
  securityContext: { runAsNonRoot: boolean; runAsUser: number }
  containers: Container[]
  volumes: { name: string; configMap: { name: string } }[]
}

interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string }
  data?: Record<string, string>
  spec?: {
    selector: Record<string, unknown>
    ports?: { targetPort: string }[]
    template?: { metadata: { labels: Record<string, string> }; spec: Pod }
  }
}

function manifests(): Map<string, Manifest> {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'))
  const all = files.flatMap((name) =>
    parseAllDocuments(readFileSync(join(FOLDER, name), 'utf8')).map((document) => {
      assert.deepEqual([...document.errors, ...document.warnings], [], name)
      return document.toJS() as Manifest
    }),
  )
  for (const { apiVersion, metadata } of all) assert.ok(apiVersion !== '' && metadata.name !== '')
  return new Map(all.map((one) => [one.kind, one]))
}

const all = manifests()
const service = all.get('Service') as Manifest
const map = all.get('ConfigMap') as Manifest
const deployment = all.get('Deployment') as Manifest
const pod = deployment.spec?.template?.spec as Pod
const container = pod.containers[0] as Container
const CONFIG = map.data?.['lb.yaml'] ?? ''

/** The config of the manifests as a file, perhaps with other values, and what the container is given. */
function argumentsWith(context: TestContext, config: string): string[] {
  const file = join(temporaryFolder(context), 'lb.yaml')
  writeFileSync(file, config)
  return container.args.map((arg) => (arg === container.args[0] ? file : arg))
}

test('they fit together', () => {
  assert.deepEqual([...all.keys()].sort(), ['ConfigMap', 'Deployment', 'Service'])
  const labels = deployment.spec?.template?.metadata.labels
  assert.deepEqual(service.spec?.selector, labels)
  assert.deepEqual(deployment.spec?.selector, { matchLabels: labels })
  for (const { targetPort } of service.spec?.ports ?? [])
    assert.ok(container.ports.some(({ name }) => name === targetPort))
})

test('the container is started with a file of the ConfigMap, where the image looks for one', () => {
  const [file = ''] = container.args
  const [volume] = pod.volumes
  assert.equal(volume?.configMap.name, map.metadata.name)
  const mount = container.volumeMounts.find(({ name }) => name === volume?.name)
  assert.equal(mount?.mountPath, dirname(file))
  assert.ok(Object.keys(map.data ?? {}).includes(basename(file)))
  const [, command = ''] = /^CMD (.*)$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? []
  assert.deepEqual(JSON.parse(command), [file])
})

test('the program takes the arguments and the config as they are', async (context) => {
  const args = argumentsWith(context, CONFIG)
  const { status, stdout, stderr } = await runSluice([...args, '--verify'])
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^Done\.$/m)
})

test('the config listens where the deployment says, on ports that an ordinary user may open', async (context) => {
  const config = await loadConfig(argumentsWith(context, CONFIG)[0] as string)
  assert.ok(config.isGood, config.isGood ? '' : config.lines.join('\n'))
  const ports = container.ports.map(({ containerPort }) => containerPort)
  assert.deepEqual(ports, [
    ...config.spec.listen.map(({ port }) => port),
    Number(String(config.config.process?.admin?.address).split(':').at(-1)),
  ])
  for (const port of ports) assert.ok(port >= FIRST_ORDINARY_PORT, String(port))
})

test('the container is an ordinary user that can change nothing', () => {
  // The kubelet does not know names of users: without a number it would refuse to start the image.
  assert.ok(pod.securityContext.runAsNonRoot && pod.securityContext.runAsUser > 0)
  assert.match(readFileSync('Dockerfile', 'utf8'), /^USER node$/m)
  const { allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities } =
    container.securityContext
  assert.equal(allowPrivilegeEscalation, false)
  assert.equal(readOnlyRootFilesystem, true)
  assert.deepEqual(capabilities.drop, ['ALL'])
})

test('there is time to drain, and a processor for each worker', () => {
  const { process } = parse(CONFIG) as { process: { drainTimeout: string } }
  const [program, seconds] = container.lifecycle.preStop.exec.command
  assert.equal(program, 'sleep')
  const needed = Number(seconds) + Number.parseInt(process.drainTimeout, 10)
  assert.match(process.drainTimeout, /^\d+s$/)
  assert.ok(needed < pod.terminationGracePeriodSeconds, `${needed} s`)
  const workers = container.args[container.args.indexOf('--workers') + 1]
  assert.equal(workers, container.resources.requests.cpu)
})

test('probes find what they ask for, with no place to write: well, and while it drains', async (context) => {
  const app = await AppServer.start(context, 'a')
  const config = parse(CONFIG)
  config.listeners[0].address = '127.0.0.1:0'
  config.upstreams.app.endpoints = [app.address]
  config.process.admin.address = '127.0.0.1:0'
  const args = argumentsWith(context, JSON.stringify(config))
  // A folder below a file: there nobody can write, not even root.
  const nowhere = join(args[0] as string, 'tmp')
  const sluice = startSluice(context, args, { TMPDIR: nowhere, XDG_RUNTIME_DIR: '' })
  const [port = 0] = await sluice.ports()
  const [, url = ''] = await sluice.line(/\[admin\] API on (http:\S+)/)
  const statusOf = async ({ httpGet }: Probe): Promise<number> => {
    const { name } = container.ports.find((one) => one.name === httpGet.port) ?? {}
    assert.equal(name, 'admin')
    return (await fetch(`${url}${httpGet.path}`)).status
  }
  const becomes = async (probe: Probe, status: number): Promise<void> => {
    while ((await statusOf(probe)) !== status) await new Promise((done) => setTimeout(done, 20))
  }
  const { readinessProbe, livenessProbe } = container
  await becomes(readinessProbe, 200)
  assert.equal(await statusOf(livenessProbe), 200)

  const held = new Promise<() => void>((resolve) => {
    app.handler = ({ url: path }, response) => {
      if (path === '/slow') resolve(() => response.end('late'))
      else response.end()
    }
  })
  const answer = ask(port, { path: '/slow' })
  const release = await held
  sluice.signal('SIGTERM')
  await becomes(readinessProbe, 503)
  assert.equal(await statusOf(livenessProbe), 200)
  release()
  assert.equal((await answer).body, 'late')
  assert.equal((await sluice.exit()).status, 0)
})
