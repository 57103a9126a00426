import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import ts from 'typescript'
import { createGlobals } from '../../src/script/globals.ts'
import { runSluice } from '../support/sluice-process.ts'
import { temporaryFolder } from '../support/temporary-script.ts'

const STRICT: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  typeRoots: [resolve('node_modules/@types')],
}

/** What TypeScript has to say about a program. */
function complaints(files: string[], options: ts.CompilerOptions): string[] {
  const program = ts.createProgram(files, options)
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const { line } = file?.getLineAndCharacterOfPosition(start) ?? { line: 0 }
    const text = ts.flattenDiagnosticMessageText(messageText, '\n')
    return `${file?.fileName ?? ''}:${line + 1} ${text}`
  })
}

/** Compiles the scripts of a folder as an editor does that finds what `sluice types` writes. */
async function check(folder: string): Promise<string[]> {
  const { status, stderr } = await runSluice(['types', folder])
  assert.equal(status, 0, stderr)
  const config = ts.getParsedCommandLineOfConfigFile(
    join(folder, 'jsconfig.json'),
    { noEmit: true, skipLibCheck: false },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
  )
  assert.ok(config !== undefined)
  return complaints(config.fileNames, config.options)
}

function folderWith(context: TestContext, scripts: Record<string, string>): string {
  const folder = temporaryFolder(context)
  for (const [name, text] of Object.entries(scripts)) writeFileSync(join(folder, name), text)
  return folder
}

test('every example compiles with the declarations of its folder', async (context) => {
  const examples = readdirSync('examples', { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  )
  for (const { name } of examples) {
    const folder = join(temporaryFolder(context), name)
    cpSync(join('examples', name), folder, { recursive: true })
    assert.deepEqual(await check(folder), [], name)
  }
})

test('mistakes in scripts are found', async (context) => {
  const folder = folderWith(context, {
    'main.js': `pipy({ _count: 0 })
      .listen(8080, { hots: 'localhost' })
      .onData(data => _count += data.length)
      .connect(1)
      .conect('a:1')`,
  })
  const found = (await check(folder)).join('\n')
  assert.match(found, /main\.js:2 .*'hots' does not exist/)
  assert.match(found, /main\.js:3 Property 'length' does not exist on type 'Data'/)
  assert.match(found, /main\.js:4 .*'number' is not assignable/)
  assert.match(found, /main\.js:5 Property 'conect' does not exist/)
})

test('a correct script has no complaints', async (context) => {
  const folder = folderWith(context, {
    'main.js': `((
      counters = new algo.SharedMap('requests'),
      router = new algo.URLRouter({ '/a/*': new algo.RoundRobinLoadBalancer({ 'a:1': 1 }) }),
    ) => pipy({ _target: undefined, _size: 0 })
      .listen(8080, { host: '127.0.0.1', tls: { cert: os.readFile('c'), key: 'k' } })
      .onData(data => _size += data.size)
      .decodeHttpRequest()
      .onMessageStart(e => (
        counters.add(e.head.path, 1),
        _target = router.find(e.head.headers.host, e.head.path)?.select?.()
      ))
      .link('forward', () => Boolean(_target), 'reject')
      .encodeHttpResponse()
      .onSessionEnd(e => console.log(e.error, __inbound.remoteAddress))
      .pipeline('forward')
      .mux('upstream', () => _target, { idleTimeout: '5s' })
      .pipeline('upstream')
      .encodeHttpRequest().connect(() => _target, { retryCount: 1 }).decodeHttpResponse()
      .pipeline('reject')
      .replaceMessage(() => new Message({ status: 404 }, JSON.encode({ no: 'way' }, null, 2)))
      .task('5s').exec(() => ['ls', '-l']).replaceMessage(m => new SessionEnd)
      .pipeline('other').use('mod.js', 'p', 1, 2).tap('100k').wait(() => _size > 0)
    )()`,
  })
  assert.deepEqual(await check(folder), [])
})

test('declarations name every global and every member of its classes', async (context) => {
  const folder = folderWith(context, { 'main.js': 'pipy({ _a: 1 })' })
  await check(folder)
  const text = readFileSync(join(folder, 'sluice.d.ts'), 'utf8')
  assert.match(text, /declare let _a: any/)
  const globals = createGlobals({ root: '/', write: () => {} })
  for (const [name, value] of Object.entries(globals)) {
    assert.match(text, new RegExp(`(class|const|function|namespace|interface) ${name}\\b`))
    for (const member of membersOf(value)) {
      assert.match(text, new RegExp(`\\b${member}[?]?(\\(|:|<| )`), `${name}.${member}`)
    }
  }
})

test('`sluice types` leaves a jsconfig.json alone, and tells of scripts that are wrong', async (context) => {
  const folder = folderWith(context, { 'jsconfig.json': '{}', 'bad.js': 'pipy(' })
  const { status, stdout, stderr } = await runSluice(['types', join(folder, 'bad.js')])
  assert.equal(status, 0)
  assert.match(stdout, /^\S*sluice\.d\.ts\n$/)
  assert.match(stderr, /bad\.js: /)
  assert.equal(readFileSync(join(folder, 'jsconfig.json'), 'utf8'), '{}')
  assert.equal((await runSluice(['types', join(folder, 'none')])).status, 2)
  assert.ok(!existsSync(join(folder, basename(folder))))
})

test('a TypeScript program compiles against the library', async (context) => {
  const folder = temporaryFolder(context)
  const file = join(folder, 'program.mts')
  const library = resolve('src/index.ts')
  writeFileSync(
    file,
    `import { algo, crypto, Data, defineFilter, Filter, Hessian, http, JSON, Message, MessageEnd,
      MessageStart, os, pipy, repeat, run, SessionEnd, URL, XML, type Builder, type Event,
      type RunningScript } from ${JSON.stringify(library)}

    class Upper extends Filter {
      process(event: Event): void {
        if (event instanceof Data) this.next.process(new Data(event.toString().toUpperCase()))
        else this.next.process(event)
      }
    }
    export const upper = defineFilter({
      name: 'upper', description: 'Turns text into capitals', parameters: [],
      plan: () => () => new Upper(),
    })
    const balancer = new algo.RoundRobinLoadBalancer({ a: 1 })
    export const program: Builder = pipy({ _target: '' })
      .listen(8080, { host: '127.0.0.1' })
      .decodeHttpRequest()
      .replaceMessage(() => new Message({ status: 200 }, JSON.encode({ a: [balancer.select()] })))
      .encodeHttpResponse()
    export const size: number = new Data('x').size + Hessian.encode(1).size
    export const digest: Data | string = new crypto.Hash('sha256').update('x').digest('hex')
    export const parts: string[] = [new URL('http://a/').host, os.env.HOME ?? '']
    export const events = [new MessageStart({}), new MessageEnd(), new SessionEnd()]
    export const file = http.File.from('index.html')?.toMessage('gzip')
    export const name: string | undefined = XML.parse('<a/>')?.name
    repeat(3, () => true)
    export const running: Promise<RunningScript> = run('proxy.js', { workers: 2 })
    // @ts-expect-error a number is no target
    pipy().pipeline('a').connect(1)
    `,
  )
  assert.deepEqual(complaints([file], STRICT), [])
})

test('options are declared completely', async (context) => {
  const folder = folderWith(context, { 'main.js': 'pipy()' })
  await check(folder)
  const file = join(folder, 'options.mts')
  const source = (path: string): string => JSON.stringify(resolve('src', path))
  writeFileSync(
    file,
    `import type { ListenOptions as Listen } from ${source('program/configuration.ts')}
    import type { ConnectOptions as Connect } from ${source('filters/connect.ts')}
    import type { MuxOptions as Mux } from ${source('filters/mux.ts')}
    import type { ForwardingOptions as Forwarding } from ${source('filters/http/forwarding.ts')}
    export const listen: Record<keyof Listen, 1> = {} as Record<keyof ListenOptions, 1>
    export const connect: Record<keyof Connect, 1> = {} as Record<keyof ConnectOptions, 1>
    export const mux: Record<keyof Mux, 1> = {} as Record<keyof MuxOptions, 1>
    export const forwarding: Record<keyof Forwarding, 1> = {} as Record<
      keyof ForwardingOptions,
      1
    >`,
  )
  const found = complaints([file, join(folder, 'sluice.d.ts')], { ...STRICT, types: [] })
  assert.deepEqual(
    found.filter((line) => line.includes('options.mts')),
    [],
  )
})

/** What scripts can call on a global, on the classes in it, and on their instances. */
function membersOf(value: unknown): string[] {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return []
  const names = Object.getOwnPropertyNames(value).filter(
    (name) => typeof value !== 'function' || !OF_FUNCTIONS.has(name),
  )
  const prototype = typeof value === 'function' ? value.prototype : undefined
  const methods = prototype === undefined ? [] : Object.getOwnPropertyNames(prototype)
  const nested = names.flatMap((name) => {
    const member = Reflect.get(value, name)
    return typeof member === 'function' ? membersOf(member) : []
  })
  return [...names, ...methods, ...nested].filter((name) => !INTERNAL.has(name))
}

const OF_FUNCTIONS = new Set(['length', 'name', 'prototype', 'arguments', 'caller'])
const INTERNAL = new Set(['constructor', 'keyOf', 'parse', 'stringify'])
