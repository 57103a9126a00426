import assert from 'node:assert/strict'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { addAdminRoutes } from '../../../src/admin/admin-api.ts'
import { FileStore } from '../../../src/admin/gui/file-store.ts'
import { GuiControl } from '../../../src/admin/gui/gui-control.ts'
import { addGuiRoutes } from '../../../src/admin/gui-server.ts'
import { createHttpServer } from '../../../src/admin/http-server.ts'
import { ProgramRunner } from '../../../src/orchestrator/program-runner.ts'

const POLICY = { hostNames: [], token: 'token', tokenFor: 'nothing', cookie: 'cookie' } as const

/** A server with routes, and those routes. */
async function serverWith(
  context: TestContext,
  add: (app: FastifyInstance, control: GuiControl) => Promise<void>,
): Promise<{ app: FastifyInstance; routes: RouteOptions[] }> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-routes-')))
  const app = await createHttpServer({ title: 'a title', description: 'a line', policy: POLICY })
  context.after(async () => {
    await app.close()
    rmSync(root, { recursive: true })
  })
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  const open = () => assert.fail('nothing is started')
  const control = new GuiControl(new FileStore(root), new ProgramRunner(), {
    open,
    loadTimeoutMs: 1000,
  })
  await add(app, control)
  await app.ready()
  return { app, routes }
}

/** `GET /api/v1/taps/{id}`, as the document has it. */
function namesOf({ method, url }: RouteOptions): string[] {
  const path = url.replace(/:(\w+)/g, '{$1}').replace('*', '{*}')
  // HEAD goes with GET.
  return [method].flat().flatMap((one) => (one === 'HEAD' ? [] : `${one} ${path}`))
}

/** The names of routes that serve something, and those that the document has. */
async function compare({ app, routes }: { app: FastifyInstance; routes: RouteOptions[] }) {
  const served: string[] = []
  for (const route of routes) {
    for (const name of namesOf(route)) {
      const [method = '', url = ''] = name.replace('{*}', 'x').split(' ')
      const isHidden = route.schema?.hide === true
      const send = () =>
        app.inject({ method: method as 'GET', url, headers: { host: 'localhost' } })
      // A verb that is refused is none.
      if (!isHidden || (await send()).statusCode !== 405) served.push(name)
    }
  }
  const documented = Object.entries(app.swagger().paths ?? {}).flatMap(([path, verbs]) =>
    Object.keys(verbs ?? {}).map((verb) => `${verb.toUpperCase()} ${path}`),
  )
  return { served: served.sort(), documented: documented.sort() }
}

test('the document of the admin API has its routes, and no others', async (context) => {
  const server = await serverWith(context, addAdminRoutes)
  const { served, documented } = await compare(server)
  assert.ok(served.includes('PATCH /api/v1/upstreams/{upstream}/endpoints/{address}'))
  assert.deepEqual(documented, served)
})

test('that of the web UI has its routes, but for the files of the page', async (context) => {
  const about = { version: '1', rootName: 'root', rootId: 'id' }
  const server = await serverWith(context, (app, control) =>
    addGuiRoutes(app, control, POLICY, about),
  )
  const { served, documented } = await compare(server)
  assert.ok(served.includes('DELETE /api/v1/taps/{id}'))
  assert.deepEqual(
    served.filter((name) => !documented.includes(name)),
    ['GET /{*}'],
  )
  assert.deepEqual(
    documented.filter((name) => !served.includes(name)),
    [],
  )
})
