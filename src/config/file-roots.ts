import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { leadsBelow } from './leads-below.ts'
import type { Path, Problem } from './problem.ts'
import type { Config } from './schema/config.ts'
import type { Loose } from './sound-part.ts'

/**
 * Looks whether the folders that a config serves are there; relative ones are below `folder`. With
 * `within`, nothing is said of folders that are not below that one.
 */
export function checkRoots(
  config: NonNullable<Loose<Config>>,
  folder: string,
  within?: string,
): Problem[] {
  type Routes = typeof config.routes
  const places: [routes: Routes, path: Path][] = [
    [config.routes, ['routes']],
    ...(config.listeners ?? []).map((one, index): [Routes, Path] => [
      one?.routes,
      ['listeners', index, 'routes'],
    ]),
  ]
  return places.flatMap(([routes, path]) =>
    (routes ?? []).flatMap((route, index) => {
      const given = route?.files?.root ?? undefined
      if (given === undefined) return []
      const root = resolve(folder, given)
      if (within !== undefined && !leadsBelow(within, root)) return []
      if (statSync(root, { throwIfNoEntry: false })?.isDirectory() === true) return []
      const message = `there is no folder ${root}: make it, or give the path of another`
      return [{ path: [...path, index, 'files', 'root'], message }]
    }),
  )
}
