import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Path, Problem } from './problem.ts'
import type { Config } from './schema/config.ts'

/** Looks whether the folders that a config serves are there; relative ones are below `folder`. */
export function checkRoots(config: Config, folder: string): Problem[] {
  const places: [routes: Config['routes'], path: Path][] = [
    [config.routes, ['routes']],
    ...config.listeners.map(({ routes }, index): [Config['routes'], Path] => [
      routes,
      ['listeners', index, 'routes'],
    ]),
  ]
  return places.flatMap(([routes = [], path]) =>
    routes.flatMap(({ files }, index) => {
      if (files === undefined) return []
      const root = resolve(folder, files.root)
      if (statSync(root, { throwIfNoEntry: false })?.isDirectory() === true) return []
      const message = `there is no folder ${root}: make it, or give the path of another`
      return [{ path: [...path, index, 'files', 'root'], message }]
    }),
  )
}
