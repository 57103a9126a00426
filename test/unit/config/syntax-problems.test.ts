import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigText } from '../../../src/config/source-text.ts'

function problemsOf(text: string): string[] {
  return new ConfigText(text)
    .syntaxProblems()
    .map(({ line, column, message }) => `${line}:${column}: ${message}`)
}

const CASES: readonly [title: string, text: string, problems: string[]][] = [
  [
    'keys that are there twice, each with its path',
    'a:\n  - b: 1\n    c: 2\n    b: 3\na: { d: 1, "d": 2 }',
    [
      '4:5: expected each key once, found a[0].b again after line 2: keep one of them',
      '5:1: expected each key once, found a again after line 1: keep one of them',
      '5:12: expected each key once, found a.d again after line 5: keep one of them',
    ],
  ],
  [
    'a key twice in JSON',
    '{ "a": 1,\n  "a": 2 }',
    ['2:3: expected each key once, found a again after line 1: keep one of them'],
  ],
  ['a tab', 'a:\n\tb: 1', ['2:1: expected spaces, found a tab: indent with spaces']],
  [
    'a quote without its other',
    'a: 1\nb: "x\nc: y',
    ['2:4: expected " at the end of the text that begins here: add it'],
  ],
  [
    'brackets that stay open, and nothing that follows from it',
    'a: { b: [1, 2 }\nc: 1',
    ['1:15: expected ] behind the list that begins with [ in line 1, found "}": add ]'],
  ],
  [
    'a brace that stays open in JSON',
    '{ "a":\n  { "b": 1\n',
    [
      '3:1: expected } behind the section that begins with { in line 2, found the end of the file: add }',
    ],
  ],
  [
    'commas that are missing or too many',
    '{ "a": [1,, 2],\n "b": ["x" "y"] }',
    ['1:11: expected an item, found a comma: leave the comma out'],
  ],
  [
    'items without commas',
    '{ "b": ["x" "y"] }',
    [`1:13: expected a comma, found "\\"y\\"] }": separate items with commas`],
  ],
  [
    'a line that is neither key nor value',
    'a: 1\nb',
    ['2:1: expected a key with a value, found "b": add ": " and the value, or quote a long text'],
  ],
  [
    'a key too far to the left',
    'a:\n  - b: 1\n   c: 2',
    [
      `3:4: expected "- " or more indentation, found "c: 2": an item's keys stand below its first key`,
    ],
  ],
  [
    'two keys in a line',
    'a: b: c',
    [
      '1:4: expected one value, found another key in "b: c": write it in a line of its own, or quote a text with ": " in it',
    ],
  ],
  [
    'signs that begin no text, one by one',
    'a: @x\nb: `y`\nc: %z',
    [
      '1:4: no text begins with @ without quotes, found "@x": quote it',
      '2:4: no text begins with ` without quotes, found "`y`": quote it',
      '3:4: no text begins with % without quotes, found "%z": quote it',
    ],
  ],
  [
    'a regular expression in double quotes',
    String.raw`a: "\d+"`,
    [String.raw`1:5: nothing is written \d: write \\d, or use single quotes`],
  ],
  [
    'a host that looks like an alias',
    'host: *.example.com',
    [
      '1:7: expected a value, found *.example.com, and no &.example.com before it: quote it if it is a text',
    ],
  ],
  [
    'tags',
    'a: !include b.yaml',
    ['1:4: expected a value without a tag, found "!include b.yaml": leave the tag out'],
  ],
  [
    'a second document',
    'a: 1\n---\nb: 2',
    ['2:1: expected one document, found another behind ---: give each a file of its own'],
  ],
  [
    'what nobody has thought of, in the words of the library',
    'a: &x &y 1',
    [
      '1:7: cannot be read as YAML (A node can have at most one anchor), found "&y 1": compare it with the lines before',
    ],
  ],
]

for (const [title, text, problems] of CASES)
  test(`tells of ${title}`, () => assert.deepEqual(problemsOf(text), problems))

test('aliases of what stands before are no problem', () => {
  assert.deepEqual(problemsOf('a: &x [1]\nb: *x'), [])
})

test('shows the line of each', () => {
  const [first] = new ConfigText('a:\n  b: @x\nc: 2').syntaxProblems()
  assert.equal(first?.sourceLine, '  b: @x')
})
