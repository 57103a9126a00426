import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { logger } from '../observability/logger.ts'
import type { ProgramRunner } from '../orchestrator/program-runner.ts'
import { type AccessPolicy, isLoopback } from './access.ts'
import { addAdminRoutes } from './admin-api.ts'
import type { GuiSession } from './gui/contract.ts'
import { guiFeeds } from './gui/feeds.ts'
import { FileStore } from './gui/file-store.ts'
import { GuiControl, type Programs } from './gui/gui-control.ts'
import { pages } from './gui/pages.ts'
import { fileRoutes, treeRoutes } from './gui/routes/files.ts'
import { logRoutes } from './gui/routes/log.ts'
import { lookRoutes, plainGraphRoutes } from './gui/routes/look.ts'
import { plainProgramRoutes, programStateRoutes } from './gui/routes/program.ts'
import { sessionRoutes } from './gui/routes/session.ts'
import { tapRoutes } from './gui/routes/taps.ts'
import { TapStore } from './gui/tap-store.ts'
import { createHttpServer } from './http-server.ts'
import { listen } from './listen.ts'
import { rememberServer } from './server-file.ts'
import { createToken } from './token.ts'

/** What the web UI shows, where, and to whom. */
export interface GuiOptions extends Programs {
  readonly host: string
  /** 0 lets the kernel choose. */
  readonly port: number
  /** Directory of the files that can be seen, edited and run. */
  readonly root: string
  readonly isReadonly: boolean
  readonly version: string
}

/** What was built of `gui/`; as far from here as from the bundle. */
const PAGES = fileURLToPath(new URL('../../gui', import.meta.url))

/** Serves the web UI on this thread. Throws `StartError` when it cannot listen. */
export async function startGui(runner: ProgramRunner, options: GuiOptions): Promise<GuiControl> {
  const { host, port, isReadonly, version } = options
  const root = realpathSync(options.root)
  const store = new FileStore(root)
  const control = new GuiControl(store, runner, options)
  const token = createToken()
  const policy = {
    hostNames: [host, ...(isLoopback(host) ? [] : [hostname()])].map((name) => name.toLowerCase()),
    token,
    tokenFor: isLoopback(host) ? ('nothing' as const) : ('everything' as const),
    // Cookies are for all ports of a host.
    cookie: `sluice-token-${process.pid}`,
    isReadonly,
  }
  const app = await createHttpServer({
    title: 'Sluice web UI',
    description: 'Files, programs, flow graphs, numbers and log of a Sluice with a web UI.',
    policy,
  })
  const rootId = createHash('sha256').update(root).digest('hex').slice(0, 16)
  await addGuiRoutes(app, control, policy, { version, rootName: basename(root), rootId })
  const url = await listen(app, { host, port }, 'the web UI')
  rememberServer({ url, token, pid: process.pid })
  if (policy.tokenFor === 'nothing') logger.info(`[gui] Web UI on ${url}`)
  else logger.secret(`[gui] Web UI on ${url}/#token=${token}`)
  return control
}

/** Adds what the web UI serves to a server: the admin API, its own, and its pages. */
export async function addGuiRoutes(
  app: FastifyInstance,
  control: GuiControl,
  policy: AccessPolicy & { cookie: string },
  about: Pick<GuiSession, 'version' | 'rootName' | 'rootId'>,
): Promise<void> {
  const taps = new TapStore(control)
  await addAdminRoutes(app, control, guiFeeds(control, taps))
  await app.register(fileRoutes(control.store), { prefix: '/api' })
  await app.register(plainProgramRoutes(control), { prefix: '/api' })
  await app.register(logRoutes(), { prefix: '/api' })
  await app.register(plainGraphRoutes(), { prefix: '/api' })
  await app.register(sessionRoutes(policy, about), { prefix: '/api/v1' })
  await app.register(treeRoutes(control.store), { prefix: '/api/v1' })
  await app.register(programStateRoutes(control), { prefix: '/api/v1' })
  await app.register(lookRoutes(control, policy.isReadonly === true), { prefix: '/api/v1' })
  await app.register(tapRoutes(taps), { prefix: '/api/v1' })
  await app.register(pages(PAGES))
}
