import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import type { XmlNode } from '../../../src/script/xml/node.ts'
import { scriptXml } from '../../../src/script/xml/xml.ts'

const { Node } = scriptXml
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>'

function element(text: string): XmlNode {
  const root = scriptXml.parse(text)?.children?.[0]
  assert.ok(root instanceof Node, text)
  return root
}

describe('XML.parse', () => {
  it('gives a document with one element', () => {
    const document = scriptXml.parse('<a x="1" y=\'2\'><b/>text</a>')
    assert.equal(document?.name, '')
    assert.deepEqual(document?.attributes, {})
    assert.deepEqual(document?.children, [
      new Node('a', { x: '1', y: '2' }, [new Node('b', null, []), 'text']),
    ])
  })

  it('drops white space between elements, comments and instructions, and joins text', () => {
    const text = `${HEAD}<!DOCTYPE a [<!ELEMENT a (b)> <!-- ]> --> ]>\n<!-- c -->\n<a>\n <b> x <!-- y -->z<![CDATA[<&]]></b>\n<?p?></a>\n`
    assert.deepEqual(element(text), new Node('a', null, [new Node('b', null, [' x z<&'])]))
  })

  it('resolves predefined entities and character references', () => {
    assert.deepEqual(
      element('<a x="&quot;&#10;">&lt;&amp;&gt;&#x1F600;&apos;</a>'),
      new Node('a', { x: '"\n' }, ["<&>😀'"]),
    )
  })

  const malformed = [
    '',
    'text',
    '<a>',
    '<a></b>',
    '</a>',
    '<a/><b/>',
    '<a/>text',
    '<a x=1/>',
    '<a x="1" x="2"/>',
    '<a x="<"/>',
    '<a x="1"y="2"/>',
    '<a>&</a>',
    '<a>&nbsp;</a>',
    '<a>&constructor;</a>',
    '<a>&#0;</a>',
    '<a>&#xD800;</a>',
    '<a>&#x110000;</a>',
    '<a>\x01</a>',
    '<a>]]></a>',
    '<a><!-- -- --></a>',
    '<a><![CDATA[</a>',
    '<1/>',
    '< a/>',
    '<a/><!DOCTYPE a>',
    '<!DOCTYPE a [',
    '<!DOCTYPE a [<!ENTITY x "y">]><a b="&x;"/>',
    '<!DOCTYPE a><!DOCTYPE a><a/>',
    '<a x="&toString;"/>',
    '<a>&amp</a>',
    '<a>&#x41</a>',
    '<a>&#1;</a>',
    '<?xml version="1.1"?><a>&#1;</a>',
    ' <?xml version="1.0"?><a/>',
    '<a><?xml version="1.0"?></a>',
    '<a>\uD800b</a>',
    '<a x/>',
    '<a x = >',
    '<a/',
    '<a></a',
    '<a></a b>',
    '<!-- only -->',
    '\0<a/>',
  ]
  for (const text of malformed) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(scriptXml.parse(text), null))
  }

  it('expands no entities that a document declares', () => {
    const bomb = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>'
    assert.equal(scriptXml.parse(bomb), null)
    assert.equal(scriptXml.parse('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a>&x;</a>'), null)
  })

  it('keeps text that is more than white space as it is, and drops what is not', () => {
    assert.deepEqual(
      element('<a>\r\n <b>\u00A0</b>\r\n<c> x\r\ny </c><d>&#32;</d></a>'),
      new Node('a', null, [
        new Node('b', null, ['\u00A0']),
        new Node('c', null, [' x\ny ']),
        new Node('d', null, []),
      ]),
    )
  })

  it('takes any name of an attribute, and prefixes of any meaning', () => {
    const { name, attributes } = element('<p:a __proto__="1" constructor="2" xml:lang="\t3"/>')
    assert.equal(name, 'p:a')
    assert.deepEqual(Object.entries(attributes ?? {}), [
      ['__proto__', '1'],
      ['constructor', '2'],
      ['xml:lang', ' 3'],
    ])
    assert.ok(attributes instanceof Object)
  })

  it('reads a document of many elements', () => {
    const many = 20_000
    const { children } = element(`<a>${'<b x="1">t&amp;<![CDATA[<]]></b>'.repeat(many)}</a>`)
    assert.equal(children?.length, many)
    assert.deepEqual(children?.at(-1), new Node('b', { x: '1' }, ['t&<']))
  })

  it('refuses nesting without end', () => {
    assert.equal(scriptXml.parse('<a>'.repeat(2000) + '</a>'.repeat(2000)), null)
    assert.ok(scriptXml.parse('<a>'.repeat(900) + '</a>'.repeat(900)))
  })

  it('takes time in proportion to the text', () => {
    for (const part of ['<!--<', '<![CDATA[', '<a ', '&', ' ', '<!DOCTYPE ["']) {
      const begin = process.hrtime.bigint()
      scriptXml.parse(`<a>${part.repeat(200_000)}`)
      assert.ok(process.hrtime.bigint() - begin < 2_000_000_000n, part)
    }
  })
})

describe('XML.decode', () => {
  it('reads the encoding that a document declares', () => {
    const latin1 = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>', 'latin1')
    assert.deepEqual(scriptXml.decode(Data.fromBytes(latin1))?.children, [
      new Node('a', null, ['é']),
    ])
    const utf16 = Buffer.from('\uFEFF<a>é</a>', 'utf16le')
    assert.deepEqual(scriptXml.decode(Data.fromBytes(utf16))?.children, [
      new Node('a', null, ['é']),
    ])
  })

  it('gives null for bytes that are not of the encoding', () => {
    assert.equal(scriptXml.decode(Data.fromBytes(Buffer.from([0x3c, 0x61, 0xff]))), null)
    assert.equal(scriptXml.decode(new Data('<?xml version="1.0" encoding="none"?><a/>')), null)
  })
})

describe('XML.stringify', () => {
  const document = new Node('', null, [
    new Node('a', { x: '1' }, [
      new Node('b'),
      new Node('c', {}, ['t']),
      new Node('d', null, ['u', 5]),
    ]),
  ])

  it('writes one line without space', () => {
    assert.equal(scriptXml.stringify(document), `${HEAD}<a x="1"><b/><c>t</c><d>u5</d></a>`)
  })

  it('writes one line per element with space', () => {
    assert.equal(
      scriptXml.encode(document, 2).toString(),
      `${HEAD}\n<a x="1">\n  <b/>\n  <c>t</c>\n  <d>\n    u\n    5\n  </d>\n</a>\n`,
    )
  })

  it('gives nothing for what is not a document', () => {
    assert.equal(scriptXml.stringify(new Node('')), '')
    assert.equal(scriptXml.stringify(new Node('', null, ['text'])), '')
    assert.equal(scriptXml.stringify(new Node('', null, [new Node('a'), new Node('b')])), '')
  })

  it('escapes text and attributes, so that they come back as they were', () => {
    const nasty = '<&>"\'\r\n\t]]>é'
    const written = new Node('a', { x: nasty }, [nasty])
    const text = scriptXml.stringify(new Node('', null, [written]))
    assert.deepEqual(element(text), written)
    assert.ok(
      scriptXml.stringify(new Node('', null, [new Node('a', null, ['\x01'])])).includes('\uFFFD'),
    )
  })

  it('refuses names that would be markup', () => {
    for (const name of ['a b', '', '<', 'a/', '1']) {
      assert.throws(
        () => scriptXml.stringify(new Node('', null, [new Node(name)])),
        /invalid XML name/,
      )
    }
    const attribute = new Node('a', { 'x="" y': 1 })
    assert.throws(() => scriptXml.stringify(new Node('', null, [attribute])), /invalid XML name/)
  })

  it('refuses a document that contains itself', () => {
    const children: XmlNode[] = []
    const node = new Node('a', null, children)
    children.push(node)
    assert.throws(() => scriptXml.stringify(new Node('', null, [node])), /nested too deeply/)
  })

  it('checks its arguments', () => {
    assert.throws(() => scriptXml.stringify({} as never), /argument #1 expects an instance of Node/)
    assert.throws(() => new Node(1 as never), /argument #1 expects a string/)
  })
})
