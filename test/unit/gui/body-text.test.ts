import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guiModule } from '../../support/gui-module.ts'

const { bytesOf, hexOf, isText, textOf } = await guiModule<{
  bytesOf: (base64: string) => Uint8Array
  hexOf: (data: Uint8Array) => string
  isText: (data: Uint8Array) => boolean
  textOf: (data: Uint8Array) => string
}>('graph/body-text.ts')

test('bytes survive base64', () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  assert.deepEqual(bytesOf(Buffer.from(all).toString('base64')), all)
})

test('a hex dump has offsets, numbers and what can be printed', () => {
  assert.equal(
    hexOf(Buffer.from('Hello, world!\r\n\0More')),
    '0000  48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 0d 0a 00  Hello, world!...\n' +
      '0010  4d 6f 72 65                                      More',
  )
})

test('text is what can be read', () => {
  assert.ok(isText(Buffer.from('GET / HTTP/1.1\r\n\r\n')))
  assert.ok(isText(Buffer.from('Grüße')))
  assert.ok(!isText(Buffer.from([0xda, 0xbb, 0xc2, 0x00])))
  assert.ok(!isText(Buffer.from('a\0b')))
})

test('text that was cut off within a character is text', () => {
  const cut = Buffer.from('Grüße').subarray(0, 3)
  assert.ok(isText(cut))
  assert.match(textOf(cut), /^Gr/)
})
