import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OptionSpec, parseOptions } from '../../../src/cli/option-table.ts'

const TABLE: readonly OptionSpec[] = [
  { name: 'to', short: 't', value: '<address>', isRepeatable: true, doc: '' },
  { name: 'workers', aliases: ['threads'], value: '<n>', doc: '' },
  { name: 'tcp', doc: '' },
  { name: 'help', short: 'h', doc: '' },
]

test('takes values after a space, after = and after a short name', () => {
  const options = parseOptions(['--to', 'a', '--to=b', '-t', 'c', '-td'], TABLE)
  assert.deepEqual(options.values('to'), ['a', 'b', 'c', 'd'])
})

test('finds positionals between options', () => {
  const options = parseOptions(['--workers', '2', 'a.js', '--tcp', '--', '--b.js'], TABLE)
  assert.deepEqual(options.positionals, ['a.js', '--b.js'])
  assert.equal(options.isSet('tcp'), true)
  assert.equal(options.isSet('help'), false)
})

test('gives an alias the name it stands for', () => {
  assert.equal(parseOptions(['--threads=3'], TABLE).value('workers'), '3')
})

test('knows words with one dash', () => {
  assert.equal(parseOptions(['-help'], TABLE).isSet('help'), true)
})

const ERRORS: readonly [args: string[], message: string][] = [
  [['--foo'], 'unknown option: --foo'],
  [['-x'], 'unknown option: -x'],
  [['--to'], 'option needs a value: --to <address>'],
  [['--to='], 'option needs a value: --to <address>'],
  [['--tcp=yes'], 'option takes no value: --tcp'],
  [['--workers=1', '--threads=2'], 'option given twice: --workers'],
]

for (const [args, message] of ERRORS) {
  test(`refuses ${args.join(' ')}`, () => {
    assert.throws(() => parseOptions(args, TABLE), { message })
  })
}
