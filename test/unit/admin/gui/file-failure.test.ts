import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explainFailure } from '../../../../src/admin/gui/file-failure.ts'
import { HttpError } from '../../../../src/admin/http-server.ts'

/** As Node makes it: with the path on this machine. */
function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: no luck, open '/home/me/a.js'`), {
    code,
    path: '/home/me/a.js',
    syscall: 'open',
  })
}

test('whatever the system says, clients learn no path of the machine', () => {
  for (const [code, status, word] of [
    ['ENOENT', 404, 'not_found'],
    ['ENOTDIR', 404, 'not_found'],
    ['EISDIR', 404, 'not_found'],
    ['ELOOP', 404, 'not_found'],
    ['EACCES', 403, 'not_allowed'],
    ['EROFS', 403, 'not_allowed'],
    ['ENOTEMPTY', 409, 'not_empty'],
    ['EBUSY', 409, 'in_use'],
    ['ENAMETOOLONG', 400, 'too_long'],
    ['ENOSPC', 507, 'disk_full'],
    ['EMFILE', 503, 'out_of_files'],
    ['EIO', 500, 'failed'],
  ] as const) {
    const { statusCode, error, message } = explainFailure('write', '/a.js', systemError(code))
    assert.deepEqual([statusCode, error], [status, word], code)
    assert.match(message, /^cannot write \/a\.js: \w/)
    assert.doesNotMatch(message, /home/)
  }
})

test('the reason is told, however long the path is, and what is explained already stays', () => {
  const { message } = explainFailure('write', `/${'a'.repeat(5000)}`, systemError('ENOSPC'))
  assert.match(message, /…: the disk is full$/)
  assert.ok(message.length < 300)
  const refusal = new HttpError(409, 'has_hidden', 'there is .git')
  assert.equal(explainFailure('remove', '/a', refusal), refusal)
})
