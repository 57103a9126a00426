import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { skipUnlessSanitized } from '../support/sanitized.ts'
import { type SluiceProcess, startSluice } from '../support/sluice-process.ts'
import { temporaryFolder, temporaryScript } from '../support/temporary-script.ts'
import { connectRaw } from './support/byte-stream.ts'
import { answering, response, startRawServer } from './support/raw-server.ts'

/*
 * LeakSanitizer at the end of a process. Node leaves much behind on purpose, and what only V8's heap
 * refers to looks lost: allocations count that code of the addon has made itself.
 */

const OPTIONS = { skip: skipUnlessSanitized }

/** Who has made an allocation: the frame outside of the sanitizer, and the module it is in. */
const MAKER = /^#1 .*\((\S+)\)$/m

interface Watched {
  readonly sluice: SluiceProcess
  /** Lets the process end; returns the allocations of ours that nobody has freed. */
  leaks(): Promise<string[]>
}

function startWatched(context: TestContext, args: readonly string[]): Watched {
  const folder = temporaryFolder(context)
  const sluice = startSluice(context, args, {
    ASAN_OPTIONS: [
      'detect_leaks=1',
      `log_path=${join(folder, 'leaks')}`,
      'stack_trace_format="#%n %f (%m)"',
      // What Node leaves are hundreds of places with their names, or tens by who has made them.
      'malloc_context_size=4',
      'quarantine_size_mb=4',
    ].join(':'),
    LSAN_OPTIONS: 'max_leaks=0',
  })
  const leaks = async (): Promise<string[]> => {
    sluice.signal('SIGTERM')
    await sluice.exit()
    const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    assert.match(text.join(''), /LeakSanitizer: detected memory leaks/, 'it finds what Node leaves')
    return text.join('').split('\n\n').filter(isOurs)
  }
  return { sluice, leaks }
}

function isOurs(leak: string): boolean {
  return MAKER.exec(leak)?.[1]?.endsWith('/sluice.node') === true
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const HALF_UPLOAD = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf'

/** Good requests, one in pieces, one that is cut off, one that is refused, and one that only begins. */
async function visit(context: TestContext, port: number): Promise<void> {
  const client = await connectRaw(context, port)
  for (let i = 0; i < 3; i++) assert.equal((await client.write(GET).message()).status, 200)
  client.write(GET.slice(0, 20))
  assert.equal((await client.write(GET.slice(20)).message()).status, 200)
  const uploader = await connectRaw(context, port)
  uploader.write(HALF_UPLOAD).reset()
  const stranger = await connectRaw(context, port)
  assert.equal((await stranger.write('no HTTP\r\n\r\n').message()).status, 400)
  const beginner = await connectRaw(context, port)
  beginner.write(GET.slice(0, 20)).reset()
}

test('a load balancer that has served and drained leaves nothing', OPTIONS, async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('ok')),
  )
  const args = ['lb', '--listen', '127.0.0.1:0', '--to', upstream.address, '--workers', '2']
  const { sluice, leaks } = startWatched(context, args)
  const [port = 0] = await sluice.ports()
  await visit(context, port)
  assert.deepEqual(await leaks(), [])
})

test(
  'a script whose codecs have no socket beside them leaves nothing',
  OPTIONS,
  async (context) => {
    const script = `pipy()
    .listen(0, { host: '127.0.0.1' }).link('codecs')
    .pipeline('codecs').decodeHttpRequest().demux('request').encodeHttpResponse()
    .pipeline('request').fork('copy').replaceMessage(() => new Message('ok'))
    .pipeline('copy').encodeHttpRequest().decodeHttpRequest().dummy()`
    const { sluice, leaks } = startWatched(context, [temporaryScript(context, script)])
    const [port = 0] = await sluice.ports()
    await visit(context, port)
    assert.deepEqual(await leaks(), [])
  },
)
