import type { Path, Problem } from './problem.ts'
import type { Config } from './schema/config.ts'
import type { Loose } from './sound-part.ts'

type LooseConfig = NonNullable<Loose<Config>>
export type LooseListener = NonNullable<NonNullable<LooseConfig['listeners']>[number]>

/** Keys of a listener that exclude each other, and whether it leads anywhere. */
export function checkListener(
  listener: LooseListener,
  path: Path,
  { routes: shared }: Pick<LooseConfig, 'routes'>,
): Problem[] {
  const { address, access, protocol, proxyProtocol, routes, upstream } = listener
  const problems: Problem[] = []
  const addKey = (key: string, message: string): void => {
    problems.push({ path: [...path, key], message, isAboutKey: true })
  }
  const knowsClients = proxyProtocol !== undefined && proxyProtocol !== false
  if (access !== undefined && String(address).startsWith('unix:') && !knowsClients) {
    addKey('access', 'who comes by a Unix socket has no address: use the rights of its folder')
  }
  if (protocol === 'tcp') {
    if (routes === undefined && upstream === undefined) {
      problems.push({ path, message: 'a tcp listener needs an upstream', isMissingFrom: [path] })
    }
  } else if (routes !== undefined && upstream !== undefined) {
    addKey('upstream', 'routes and upstream exclude each other: make the upstream the last route')
  } else if (routes === undefined && upstream === undefined && shared === undefined) {
    const message = 'leads nowhere: add routes or an upstream'
    problems.push({ path, message, isMissingFrom: [path, []] })
  }
  return problems
}
