import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { TestContext } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import { type SluiceProcess, startSluice } from '../../support/sluice-process.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'

/** An example that runs from a copy of its folder, on other ports than it names. */
export interface RunningExample {
  readonly sluice: SluiceProcess
  /** The copy of the example's folder. */
  readonly folder: string
  /** The real port for one that the example names. */
  port(named: number): number
  /** `http://127.0.0.1:<port>` for such a port. */
  url(named: number): string
}

/** What is changed in an example's scripts before their ports are. */
export type ScriptEdit = readonly [text: string, replacement: string]

/**
 * Copies `examples/<name>`, replaces each port of `ports` wherever its number is written, and runs
 * the copy until `listeners` ports accept.
 */
export async function startExample(
  context: TestContext,
  name: string,
  ports: readonly number[],
  { listeners = ports.length, edits = [] as readonly ScriptEdit[], options = [] as string[] } = {},
): Promise<RunningExample> {
  const root = temporaryFolder(context)
  // Where scripts look for it: two levels up.
  symlinkSync(resolve('bin'), join(root, 'bin'))
  const folder = join(root, 'examples', name)
  cpSync(join('examples', name), folder, { recursive: true })
  const real = new Map<number, number>()
  for (const port of ports) real.set(port, await findFreePort())
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(js|json)$/.test(entry) || entry.startsWith('sample')) continue
    const file = join(folder, entry)
    let text = readFileSync(file, 'utf8')
    for (const [from, to] of edits) text = text.replaceAll(from, to)
    writeFileSync(
      file,
      text.replace(/\b\d{4,5}\b/g, (digits) => `${real.get(Number(digits)) ?? digits}`),
    )
  }
  const sluice = startSluice(context, [join(folder, 'main.js'), ...options])
  await sluice.ports(listeners)
  const port = (named: number): number => real.get(named) ?? named
  return { sluice, folder, port, url: (named) => `http://127.0.0.1:${port(named)}` }
}
