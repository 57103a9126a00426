import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyPluginAsync } from 'fastify'
import { refuseOthers } from './text-bodies.ts'

/**
 * No script, style or frame of another site, and none of it in a page of another site: there a click
 * could be led to where the user did not mean it. The editor marks lines with images in its styles.
 */
const POLICY =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; " +
  "base-uri 'none'; form-action 'self'"
/** Names of these files have a hash of their content. */
const IMMUTABLE = /[\\/]assets[\\/]/
const YEAR_SECONDS = 31_536_000

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sluice</title>
<body style="font: 16px/1.5 sans-serif; max-width: 40em; margin: 4em auto; padding: 0 1em">
<h1>The web UI is not built</h1>
<p>Its server runs, but the pages are not there. In a clone of Sluice, build them with</p>
<pre>npm run setup</pre>
<p>and load this page again.</p>
`

/** The files of the UI itself, of a folder that may not have been built. They need no token. */
export function pages(folder: string): FastifyPluginAsync {
  return async (app) => {
    app.addHook('onSend', async (_request, reply, payload) => {
      reply.header('content-security-policy', POLICY).header('referrer-policy', 'no-referrer')
      return payload
    })
    app.addHook('onRoute', (route) => {
      route.config = { ...route.config, isPublic: true, isPage: true }
      route.schema = { ...route.schema, hide: true }
    })
    await app.register(fastifyStatic, {
      root: folder,
      serve: false,
      preCompressed: true,
      dotfiles: 'ignore',
      cacheControl: false,
    })
    app.get<{ Params: { '*': string } }>('/*', ({ params }, reply) => {
      const name = params['*']
      if (!existsSync(join(folder, 'index.html')))
        return reply
          .code(name === '' ? 200 : 404)
          .type('text/html')
          .send(NOT_BUILT)
      if (IMMUTABLE.test(`/${name}`))
        reply.header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`)
      else reply.header('cache-control', 'no-cache')
      return reply.sendFile(name === '' ? 'index.html' : name)
    })
    refuseOthers(app, '/*', ['GET', 'HEAD'])
  }
}
