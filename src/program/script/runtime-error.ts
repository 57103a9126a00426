import type { CompiledModule } from './compiled-module.ts'
import { SCRIPT_URL } from './instantiate.ts'
import { originalPlace } from './position-table.ts'
import { drawCaret, lineOf, type SourcePlace } from './source-text.ts'

/** A call in a script that was under way when an error was thrown. */
interface ScriptFrame {
  readonly name: string
  readonly module: CompiledModule
  readonly place: SourcePlace
}

/**
 * Describes what a script threw as log lines: the script's own line with a caret, the message, and
 * the calls that led there. Frames of the engine and of built-ins are left out.
 */
export function describeRuntimeError(error: unknown, modules: readonly CompiledModule[]): string[] {
  const frames = scriptFrames(error, modules)
  const lines: string[] = []
  const [top] = frames
  if (top !== undefined) {
    const [source, caret] = drawCaret(lineOf(top.module.source, top.place.line), top.place)
    lines.push(`[pjs] ${source}`, `[pjs] ${caret}`)
  }
  lines.push(`[pjs] Error: ${messageOf(error)}`)
  if (frames.length > 0) lines.push('[pjs] Backtrace:')
  for (const { name, module, place } of frames) {
    lines.push(`    In ${name} at line ${place.line} column ${place.column} in ${module.path}`)
  }
  return lines
}

/** The same in short: the message, and the place in a script where the error was thrown. */
export function findRuntimeError(
  error: unknown,
  modules: readonly CompiledModule[],
): SourcePlace & { message: string; path: string } {
  const [top] = scriptFrames(error, modules)
  const place = top?.place ?? { line: 0, column: 0 }
  const path = top?.module.path ?? modules[0]?.path ?? ''
  return { message: messageOf(error), path, ...place }
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name
  try {
    return String(error)
  } catch {
    // An object without a usable toString().
    return 'unknown error'
  }
}

function scriptFrames(error: unknown, modules: readonly CompiledModule[]): ScriptFrame[] {
  // Whatever a script threw may have a `stack` of any kind.
  if (!(error instanceof Error) || typeof error.stack !== 'string') return []
  const frames: ScriptFrame[] = []
  for (const line of error.stack.split('\n')) {
    const url = line.indexOf(SCRIPT_URL)
    const position = /:(\d+):(\d+)\)?$/.exec(line)
    if (url < 0 || position === null || !line.startsWith('    at ')) continue
    const path = line.slice(url + SCRIPT_URL.length, position.index)
    const module = modules.find((candidate) => candidate.path === path)
    if (module === undefined) continue
    const generated = { line: Number(position[1]), column: Number(position[2]) }
    frames.push({
      name: functionName(line.slice('    at '.length, url)),
      module,
      place: originalPlace(module.positions, generated),
    })
  }
  return frames
}

/** `async Object.f [as g] (` → `f`. */
function functionName(text: string): string {
  const name = text
    .replace(/ ?\($/, '')
    .replace(/^async /, '')
    .replace(/ \[as [^\]]*\]$/, '')
    .replace(/^(?:Object|Proxy)\./, '')
  return name === '' || name === '<anonymous>' ? '(anonymous)' : name
}
