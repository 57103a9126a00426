import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { type SluiceProcess, startSluice } from '../../support/sluice-process.ts'
import type { AdminAnswer } from './start-admin.ts'

/** A running Sluice with its web UI, for a directory of its own. */
export interface RunningGui {
  readonly sluice: SluiceProcess
  readonly root: string
  readonly url: string
  /** Sends a request; an object goes as JSON, a text as it is. */
  call(
    method: string,
    path: string,
    body?: object | string,
    headers?: Record<string, string>,
  ): Promise<AdminAnswer>
}

/** Makes a directory with files, which goes with the test. */
export function temporaryFiles(
  context: TestContext,
  files: Readonly<Record<string, string>>,
): string {
  const root = mkdtempSync(join(tmpdir(), 'sluice-gui-'))
  context.after(() => rmSync(root, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

/** Starts `sluice --gui-port` on a free port for a directory with these files. */
export async function startGui(
  context: TestContext,
  files: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<RunningGui> {
  const root = temporaryFiles(context, files)
  const sluice = startSluice(context, ['--gui-port=127.0.0.1:0', ...args, root])
  const [, url = ''] = await sluice.line(/\[gui\] Web UI on (http:\S+)/)
  return { sluice, root, url, call: caller(url) }
}

/** Sends requests to a server. */
export function caller(url: string): RunningGui['call'] {
  return async (method, path, body, headers = {}) => {
    const isJson = typeof body === 'object'
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(isJson && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
    })
    const text = await response.text()
    const isAnswerJson = response.headers.get('content-type')?.includes('json') === true
    const json = isAnswerJson ? JSON.parse(text) : undefined
    return { status: response.status, headers: response.headers, text, json }
  }
}

/** A program that answers every request with a text. */
export function answering(port: number, text: string): string {
  return `pipy()

.listen(${port}, { host: '127.0.0.1' })
  .decodeHttpRequest()
  .replaceMessage(
    new Message('${text}\\n')
  )
  .encodeHttpResponse()
`
}
