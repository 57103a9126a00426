import type { Path, Problem } from './problem.ts'
import type { Config } from './schema/config.ts'
import type { Loose } from './sound-part.ts'

type LooseRoute = NonNullable<NonNullable<NonNullable<Loose<Config>>['routes']>[number]>

const UPSTREAM_ONLY = ['rewrite', 'requestHeaders', 'mirror', 'timeouts', 'retry', 'hedge'] as const

/** What only an upstream can get, and what needs a prefix to replace. */
export function checkRoute(route: LooseRoute, path: Path): Problem[] {
  const problems: Problem[] = []
  const { redirect, respond, files, match, rewrite } = route
  if (redirect !== undefined || respond !== undefined || files !== undefined) {
    for (const key of UPSTREAM_ONLY) {
      if (route[key] === undefined || (key === 'rewrite' && files !== undefined)) continue
      const message = 'is of no use: the route has no upstream that would see it'
      problems.push({ path: [...path, key], message, isAboutKey: true })
    }
  }
  if (match === null || match?.path === null || match?.path?.prefix !== undefined) return problems
  for (const [given, at] of [
    [rewrite, ['rewrite']],
    [redirect?.path, ['redirect', 'path']],
  ] as const) {
    if (given?.prefix === undefined) continue
    problems.push({
      path: [...path, ...at, 'prefix'],
      message: 'there is no prefix to replace: add match.path.prefix to the route',
      isAboutKey: true,
      isMissingFrom: [path, [...path, 'match'], [...path, 'match', 'path']],
    })
  }
  return problems
}
