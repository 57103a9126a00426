import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { SCRIPT_GLOBALS } from '../../../src/program/script/globals.ts'
import { createGlobals } from '../../../src/script/globals.ts'
import { loadScript } from '../program/script/script-fixture.ts'

const lines: string[] = []
const globals = createGlobals({ root: '/', write: (_, line) => lines.push(line) })

/** Calls the only callback of a script. */
function call(text: string, ...args: unknown[]): unknown {
  const script = loadScript(text, globals)
  return script.call(script.scope.create(null), 0, ...args)
}

describe('the globals of a program', () => {
  it('are among the names that scripts may use', () => {
    for (const name of Object.keys(globals)) assert.ok(SCRIPT_GLOBALS.has(name), name)
  })

  it('share the realm of the script: XML becomes JSON by instanceof', () => {
    const toJson = `pipy({
      _toObject: (node) => node.children.length === 1 && !(node.children[0] instanceof XML.Node)
        ? node.children[0]
        : Object.fromEntries(
            Object.entries(
              node.children.reduce(
                (all, child) => ((all[child.name] ??= []).push(_toObject(child)), all),
                {},
              ),
            ).map(([k, v]) => [k, v instanceof Array && v.length === 1 ? v[0] : v]),
          ),
    }).on(data => JSON.encode(_toObject(XML.decode(data)), null, 0))`
    const xml = '<list><item>1</item><item>2</item><sub><x>y</x></sub></list>'
    assert.equal(String(call(toJson, new Data(xml))), '{"list":{"item":["1","2"],"sub":{"x":"y"}}}')
  })

  it('turn objects into XML', () => {
    const toXml = `pipy({
      _toNodes: (key, value) => (
        value instanceof Array ? value.flatMap(v => _toNodes(key, v)) :
        value instanceof Object ? [new XML.Node(key, null, Object.entries(value).flatMap(([k, v]) => _toNodes(k, v)))] :
        [new XML.Node(key, null, [value])]
      ),
    }).on(data => XML.stringify(new XML.Node('', null, _toNodes('list', JSON.decode(data).list))))`
    assert.match(
      String(call(toXml, new Data('{"list":{"item":["1",2],"sub":{"x":"<"}}}'))),
      /<list><item>1<\/item><item>2<\/item><sub><x>&lt;<\/x><\/sub><\/list>$/,
    )
  })

  it('route and balance', () => {
    const text = `pipy({
      _router: new algo.URLRouter({ '/api/*': new algo.RoundRobinLoadBalancer({ a: 1, b: 1 }) }),
    }).on((path, n) => (repeat(n, () => _router.find('host', path)?.select?.()), _router.find(path)?.select()))`
    assert.equal(call(text, '/api/x', 2), 'a')
    assert.equal(call(text, '/none', 0), undefined)
  })

  it('log', () => {
    call(`pipy().on(() => console.log('hello', new URL('http://h/p').path))`)
    assert.deepEqual(lines, ['[pjs] hello /p'])
  })
})
