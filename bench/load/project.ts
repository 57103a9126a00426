import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Absolute path of a file or folder of the project, from sources and from `dist/` alike. */
export function projectPath(...parts: string[]): string {
  return join(PROJECT_ROOT, ...parts)
}

/** URL of a module beside `moduleUrl`, with the extension that the running form (source or built) has. */
export function siblingModule(moduleUrl: string, name: string): URL {
  return new URL(`./${name}${moduleUrl.endsWith('.ts') ? '.ts' : '.js'}`, moduleUrl)
}

const PROJECT_ROOT: string = findRoot(dirname(fileURLToPath(import.meta.url)))

function findRoot(start: string): string {
  let folder = start
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('no package.json above the benchmark')
    folder = parent
  }
  return folder
}
