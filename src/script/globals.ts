import { createAlgo } from './algo/algo.ts'
import type { RunningContext } from './algo/upstream-choice.ts'
import { type ConsoleWriter, createConsole } from './console.ts'
import { scriptCrypto } from './crypto/crypto.ts'
import { scriptHessian } from './hessian/hessian.ts'
import { createHttp } from './http/http.ts'
import { scriptJson } from './json.ts'
import { createOs } from './os.ts'
import { repeat } from './repeat.ts'
import { ScriptUrl } from './url.ts'
import { scriptXml } from './xml/xml.ts'

/** What the script-visible objects need from the program they belong to. */
export interface GlobalsOptions {
  /** Directory of the root script, where relative paths start. */
  readonly root: string
  readonly write: ConsoleWriter
  /** What `algo.SharedMap` shares with other workers; without it, with nobody. */
  readonly shared?: SharedArrayBuffer | undefined
  /** The same of `algo.RateLimiter`. */
  readonly rates?: SharedArrayBuffer | null
  /** What `algo.Upstream` knows of clients; without it, nothing. */
  readonly running?: RunningContext
}

/**
 * Makes the globals of one program that do not touch its pipelines. Events, messages, sessions and
 * `pipy` come from the engine.
 */
export function createGlobals({
  root,
  write,
  shared,
  rates,
  running,
}: GlobalsOptions): Record<string, unknown> {
  return {
    JSON: scriptJson,
    XML: scriptXml,
    Hessian: scriptHessian,
    console: createConsole(write),
    os: createOs(root, (message) => write('error', message)),
    URL: ScriptUrl,
    http: createHttp(root),
    crypto: scriptCrypto,
    algo: createAlgo(shared, rates, running),
    repeat,
  }
}
