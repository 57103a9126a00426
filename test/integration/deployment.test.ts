import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { parseAllDocuments } from 'yaml'
import { loadConfig } from '../../src/config/load-config.ts'
import { withLoadTimeout } from '../support/sluice-process.ts'
import { temporaryFolder } from '../support/temporary-script.ts'

const run = promisify(execFile)
const UNITS = 'deploy/systemd'
const MANIFESTS = 'examples/kubernetes'
const IMAGE_FOLDER = '/opt/sluice'

/** The instructions of the last stage of the Dockerfile, as words. */
function lastStage(): string[][] {
  const lines = readFileSync('Dockerfile', 'utf8').replaceAll('\\\n', ' ').split('\n')
  const instructions = lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split(/\s+/))
  return instructions.slice(instructions.findLastIndex(([word]) => word === 'FROM'))
}

test('what the Dockerfile puts into the image runs without the rest of the project', async (context) => {
  const image = temporaryFolder(context)
  const copies = lastStage().filter(([word]) => word === 'COPY')
  assert.ok(copies.length > 0)
  for (const [, stage, from = '', to = ''] of copies) {
    assert.equal(stage, '--from=build')
    const source = from.replace(/^\/src\//, '')
    assert.ok(existsSync(source), `${source} exists after a build`)
    mkdirSync(join(image, to, '..'), { recursive: true })
    // Tens of thousands of files, which npm has put there in the image as well.
    if (source === 'node_modules') symlinkSync(join(process.cwd(), source), join(image, to))
    else cpSync(source, join(image, to), { recursive: true })
  }
  const config = join(image, 'lb.yaml')
  writeFileSync(
    config,
    'listeners: [{ address: 8080, upstream: a }]\nupstreams: { a: { endpoints: [1] } }',
  )
  const args = withLoadTimeout([config, '--verify'])
  const { stdout } = await run(process.execPath, [join(image, 'bin/sluice'), ...args])
  assert.match(stdout, /^Done\.$/m)
})

test('the image runs as an ordinary user, behind an init process', () => {
  const words = new Map(lastStage().map(([word, ...rest]) => [word, rest.join(' ')]))
  assert.equal(words.get('USER'), 'node')
  assert.equal(words.get('WORKDIR'), IMAGE_FOLDER)
  assert.deepEqual(JSON.parse(words.get('ENTRYPOINT') ?? ''), [
    '/usr/bin/tini',
    '--',
    '/usr/local/bin/sluice',
  ])
})

test('systemd understands the units', async (context) => {
  const folder = temporaryFolder(context)
  for (const name of ['sluice.service', 'sluice.socket']) {
    const text = readFileSync(join(UNITS, name), 'utf8')
    // systemd looks for the program, which is not installed here.
    const program = `${process.execPath} ${join(process.cwd(), 'bin/sluice')}`
    writeFileSync(join(folder, name), text.replace('/usr/local/bin/sluice', program))
  }
  const files = ['sluice.service', 'sluice.socket'].map((name) => join(folder, name))
  const { stderr } = await run('systemd-analyze', ['verify', '--man=no', ...files])
  const ours = stderr.split('\n').filter((line) => line.includes('sluice'))
  assert.deepEqual(ours, [])
})

test('the socket unit opens what the config of the units listens on', async () => {
  const config = await loadConfig(join(process.cwd(), UNITS, 'lb.yaml'))
  assert.ok(config.isGood, config.isGood ? '' : config.lines.join('\n'))
  const unit = readFileSync(join(UNITS, 'sluice.socket'), 'utf8')
  const streams = [...unit.matchAll(/^ListenStream=(.*)$/gm)].map(([, address]) => address)
  assert.deepEqual(
    streams,
    config.spec.listen.map(({ host, port }) => `${host}:${port}`),
  )
})

interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string }
  data?: Record<string, string>
  spec?: {
    selector: Record<string, unknown>
    ports?: { targetPort: string }[]
    template?: {
      metadata: { labels: Record<string, string> }
      spec: {
        terminationGracePeriodSeconds: number
        containers: { ports: { name: string; containerPort: number }[] }[]
        volumes: { configMap: { name: string } }[]
      }
    }
  }
}

function manifests(): Map<string, Manifest> {
  const files = readdirSync(MANIFESTS).filter((name) => name.endsWith('.yaml'))
  const all = files.flatMap((name) =>
    parseAllDocuments(readFileSync(join(MANIFESTS, name), 'utf8')).map((document) => {
      assert.deepEqual(document.errors, [], name)
      return document.toJS() as Manifest
    }),
  )
  for (const { apiVersion, metadata } of all) assert.ok(apiVersion !== '' && metadata.name !== '')
  return new Map(all.map((one) => [one.kind, one]))
}

test('the Kubernetes manifests fit together', () => {
  const all = manifests()
  assert.deepEqual([...all.keys()].sort(), ['ConfigMap', 'Deployment', 'Service'])
  const template = all.get('Deployment')?.spec?.template
  const labels = template?.metadata.labels
  assert.deepEqual(all.get('Service')?.spec?.selector, labels)
  assert.deepEqual(all.get('Deployment')?.spec?.selector, { matchLabels: labels })
  const ports = template?.spec.containers[0]?.ports ?? []
  for (const { targetPort } of all.get('Service')?.spec?.ports ?? [])
    assert.ok(ports.some(({ name }) => name === targetPort))
  const map = all.get('ConfigMap')
  assert.equal(template?.spec.volumes[0]?.configMap.name, map?.metadata.name)
})

test('the config of the Kubernetes manifests listens where the deployment says', async (context) => {
  const all = manifests()
  const file = join(temporaryFolder(context), 'lb.yaml')
  writeFileSync(file, all.get('ConfigMap')?.data?.['lb.yaml'] ?? '')
  const config = await loadConfig(file)
  assert.ok(config.isGood, config.isGood ? '' : config.lines.join('\n'))
  const listens = [
    ...config.spec.listen.map(({ port }) => port),
    Number(String(config.config.process?.admin?.address).split(':').at(-1)),
  ]
  const ports = all.get('Deployment')?.spec?.template?.spec.containers[0]?.ports ?? []
  assert.deepEqual(
    ports.map(({ containerPort }) => containerPort),
    listens,
  )
})
