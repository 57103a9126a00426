import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderHelp } from '../../../src/cli/help.ts'

test('aligns options and wraps their texts', () => {
  const text = renderHelp({
    usage: ['sluice a', 'sluice b'],
    about: 'What it does.',
    sections: [
      {
        title: 'Options',
        options: [
          { name: 'help', short: 'h', doc: 'Print this help.' },
          { name: 'a-rather-long-name', value: '<address>', doc: 'word '.repeat(12).trim() },
        ],
      },
    ],
    examples: [{ command: 'sluice a', doc: 'Do a' }],
  })
  assert.equal(
    text,
    [
      'Usage: sluice a',
      '       sluice b',
      '',
      'What it does.',
      '',
      'Options:',
      '  -h, --help                  Print this help.',
      '  --a-rather-long-name <address>',
      `                              ${'word '.repeat(10).trim()}`,
      '                              word word',
      '',
      'Examples:',
      '  # Do a',
      '  sluice a',
      '',
    ].join('\n'),
  )
})
