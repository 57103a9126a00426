import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'

/** Whether a fresh process that runs `code` has loaded Node's TLS. */
function loadsTls(code: string): boolean {
  const source = `${code}; console.log(process.moduleLoadList.includes('NativeModule tls'))`
  const args = ['--input-type=module', '-e', source]
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim() === 'true'
}

const CONFIGURATION = new URL('../../../../src/program/configuration.js', import.meta.url)

test('TLS is loaded by programs that use it, and by no other', () => {
  const program = (options: string): string =>
    `const { pipy } = await import('${CONFIGURATION}'); pipy().listen(1).connect('a:1'${options})`
  assert.equal(loadsTls(program('')), false)
  assert.equal(loadsTls(program(', { tls: {} }')), true)
})
