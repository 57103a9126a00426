import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import { startSluice } from '../../support/sluice-process.ts'
import { temporaryScript } from '../../support/temporary-script.ts'
import { curl } from '../support/curl.ts'

test('a child that serves requests starts on demand and ends with the program', async (context) => {
  const port = await findFreePort()
  const file = temporaryScript(
    context,
    `
    pipy({ _g: { child: null } })
      .listen(0)
        .onSessionStart(() => (
          (!_g.child || _g.child.done) && (
            _g.child = new Session(__filename, 'child'),
            _g.child.input(new Data)
          )
        ))
        .connect('127.0.0.1:${port}', { retryCount: -1, retryDelay: '0.1s' })
      .pipeline('child')
        .exec(['${process.execPath}', '${resolve('bin/sluice')}', 'mock.js', '--load-timeout=60s'])
        .print()
        .onSessionEnd(() => console.log('Child process exited'))
    `,
  )
  writeFileSync(
    join(dirname(file), 'mock.js'),
    `pipy()
      .listen(${port}, { host: '127.0.0.1' })
        .decodeHttpRequest().replaceMessage(new Message('Hello!\\n')).encodeHttpResponse()`,
  )
  const sluice = startSluice(context, [file])
  const [own] = await sluice.ports()
  const url = `http://127.0.0.1:${own}/`
  assert.equal((await curl(url)).stdout, 'Hello!\n')
  // The child's own log comes out through print().
  await sluice.line(new RegExp(`Listening on 127.0.0.1:${port}`))
  assert.equal((await curl(url)).stdout, 'Hello!\n')
  sluice.signal('SIGTERM')
  assert.equal((await sluice.exit()).status, 0)
  while ((await curl(`http://127.0.0.1:${port}/`)).status === 0);
})
