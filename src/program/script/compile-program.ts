import { basename, dirname, resolve } from 'node:path'
import { compileModule } from './compile-module.ts'
import type { CompiledModule, CompiledProgram, ModuleUse } from './compiled-module.ts'
import { modulePath } from './module-path.ts'
import { type ModuleReader, moduleReader } from './module-reader.ts'
import { ScriptError } from './script-error.ts'

/** How to compile a program that is not simply on disk. */
export interface ProgramOptions {
  /** Where texts come from; from files below the root script's directory unless given. */
  readonly readFile?: ModuleReader
  /** Names of globals that the engine supplies beyond those every script has. */
  readonly extraGlobals?: readonly string[]
  /**
   * Finds the modules that a script names by expressions in `use`, by running it: see
   * `recordUses`. Without it such modules are not loaded.
   */
  readonly findUses?: (compiled: CompiledModule) => readonly string[]
}

/**
 * Compiles the script file `rootPath` and all modules that it and they `use`. The root module has
 * index 0, the others follow in order of first appearance. Throws a `ScriptError` for the first
 * module that cannot be read or compiled.
 */
export function compileProgram(rootPath: string, options: ProgramOptions = {}): CompiledProgram {
  const file = resolve(rootPath)
  const root = dirname(file)
  const entry = `/${basename(file)}`
  const readFile = options.readFile ?? moduleReader(root, entry)
  const { extraGlobals = [], findUses } = options

  const text = readFile(entry)
  if (text === undefined) {
    throw new ScriptError('file', `Cannot open script at ${entry}`, entry)
  }
  const modules = [compileModule({ path: entry, text, extraGlobals })]
  const known = new Set([entry])

  // The list grows while it is walked.
  for (const user of modules) {
    for (const use of usesOf(user, findUses)) {
      const path = modulePath(use.name)
      if (path !== null && known.has(path)) continue
      const used = path === null ? undefined : readFile(path)
      if (path === null || used === undefined) throw cannotLoad(user, use)
      known.add(path)
      modules.push(compileModule({ path, text: used, extraGlobals }))
    }
  }
  return { root, modules }
}

function usesOf(user: CompiledModule, findUses: ProgramOptions['findUses']): ModuleUse[] {
  const uses = [...user.uses]
  if (user.hasComputedUse && findUses !== undefined) {
    // The place of a computed name is not known: the script's beginning stands for it.
    for (const name of findUses(user)) uses.push({ name, offset: -1 })
  }
  return uses
}

function cannotLoad(user: CompiledModule, { name, offset }: ModuleUse): ScriptError {
  const message = `Cannot load module: ${name}`
  if (offset < 0) return new ScriptError('file', message, user.path)
  return ScriptError.at('file', message, user.path, user.source, offset)
}
