import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { evaluate, run } from './script-fixture.ts'

describe('undefined in an update', () => {
  const cases: [body: string, value: unknown, afterwards: unknown][] = [
    ['_x++', 0, 1],
    ['++_x', 1, 1],
    ['_x--', 0, -1],
    ['--_x', -1, -1],
  ]
  for (const [body, value, afterwards] of cases) {
    it(`counts as 0: ${body}`, () => {
      const ran = run(body, '{ _x: undefined }')
      assert.deepEqual([ran.value, ran.variables._x], [value, afterwards])
    })
  }

  it('counts as 0 in members, elements and locals', () => {
    assert.deepEqual(run('_o.n++', '{ _o: {} }').variables._o, { n: 1 })
    assert.deepEqual(run('_o.a.n++', '{ _o: { a: {} } }').variables._o, { a: { n: 1 } })
    assert.deepEqual(run("++_o['n']", '{ _o: {} }').variables._o, { n: 1 })
    assert.deepEqual(run("_o['n' + 1]--", '{ _o: {} }').variables._o, { n1: -1 })
    assert.deepEqual(run('((a) => ++a)()').value, 1)
    assert.deepEqual(evaluate('{ let n; n++; return n }'), 1)
    assert.equal(evaluate('new (class { #n; f() { return ++this.#n } })().f()'), 1)
  })

  it('changes nothing for numbers, numeric text and BigInts', () => {
    assert.deepEqual(run('_x++', '{ _x: 41 }').variables._x, 42)
    assert.deepEqual(run('_x++', "{ _x: '41' }").variables._x, 42)
    assert.deepEqual(run('_x++', '{ _x: 41n }').variables._x, 42n)
    assert.deepEqual(evaluate('_o.a.n++', "{ _o: { a: { n: '3' } } }"), 3)
    assert.deepEqual(evaluate('_o.a.n++', '{ _o: { a: { n: 3n } } }'), 3n)
  })
})

describe('undefined in a compound assignment', () => {
  const cases: [operator: string, left: string, right: string, value: unknown][] = [
    ['+=', 'undefined', '5', 5],
    ['+=', 'undefined', '_five', 5],
    ['+=', '5', '_none', 5],
    ['+=', 'undefined', '_none', 0],
    ['+=', 'undefined', 'true', 1],
    ['+=', 'undefined', '_big', 7n],
    ['+=', 'undefined', "'a'", 'undefineda'],
    ['+=', 'undefined', '_text', 'undefineda'],
    ['+=', 'undefined', '`a`', 'undefineda'],
    ['+=', "'a'", '_none', 'aundefined'],
    ['+=', "'a'", '_five', 'a5'],
    ['+=', 'null', '_five', 5],
    ['-=', 'undefined', '_five', -5],
    ['-=', '5', '_none', 5],
    ['-=', 'undefined', '2', -2],
    ['*=', 'undefined', '_five', 0],
    ['/=', 'undefined', '_five', 0],
    ['%=', 'undefined', '_five', 0],
    ['**=', 'undefined', '_five', 0],
    ['**=', '_five', '_none', 1],
    ['|=', 'undefined', '5', 5],
    ['??=', 'undefined', '5', 5],
    ['||=', '6', '5', 6],
    ['&&=', '6', '_five', 5],
  ]
  for (const [operator, left, right, value] of cases) {
    const variables = `{ _none: undefined, _five: 5, _big: 7n, _text: 'a', _x: ${left === '_five' ? 5 : left}, _o: { a: { x: ${left === '_five' ? 5 : left} } } }`
    it(`${left} ${operator} ${right}`, () => {
      const variable = run(`_x ${operator} ${right}`, variables)
      assert.deepEqual([variable.value, variable.variables._x], [value, value])
      assert.deepEqual(evaluate(`[_o.a.x ${operator} ${right}, _o.a.x]`, variables), [value, value])
      assert.deepEqual(evaluate(`_o.a['x'] ${operator} ${right}`, variables), value)
    })
  }
})

describe('undefined in arithmetic', () => {
  const variables = "{ _none: undefined, _five: 5, _text: 'a', _big: 7n, _o: {} }"
  const cases: [expression: string, value: unknown][] = [
    ['_none + 1', 1],
    ['1 + _none', 1],
    ['_none + _five', 5],
    ['_five + _o.none', 5],
    ['_none + _none', 0],
    ['_none + _none * 2 + _five', 5],
    ['_none - _five', -5],
    ['_five * _o.none', 0],
    ['_none / _five', 0],
    ['_none % _five', 0],
    ['_five ** _none', 1],
    ['+_none', 0],
    ['1 - -_none', 1],
    ['_none + _big', 7n],
    ['_big * 2n + _big', 21n],
    ["_none + 'a'", 'undefineda'],
    ["'a' + _none", 'aundefined'],
    ["'a' + _none + 1", 'aundefined1'],
    ['_text + _none', 'aundefined'],
    ['_text + _five', 'a5'],
    ['_five + _five + _text', '10a'],
    ['(_five) + (_none) // +\n + /* - */ 1', 6],
    ['typeof(_five)+_five', 'number5'],
    ["['b'] + _five", 'b5'],
    ["'12' * _five", 60],
    ['null + _five', 5],
    ['[1, , 3].length + [1, , 3][1]', 3],
  ]
  for (const [expression, value] of cases) {
    it(`${expression} is ${value}`, () => {
      assert.deepEqual(evaluate(expression, variables), value)
      assert.deepEqual(evaluate(`{ return(${expression}) }`, variables), value)
    })
  }

  it('is what it is in JavaScript everywhere else', () => {
    assert.equal(evaluate('_none > 1 || _none < 1 || _none == 0', variables), false)
    assert.equal(evaluate('Math.max(_none)', variables), Number.NaN)
  })

  it('makes sums over gaps come out right', () => {
    const body = '(_b[3]++, _b[1]++, (sum => _b.map(n => sum += n))(0))'
    assert.deepEqual(evaluate(body, '{ _b: [] }'), [0, 1, 1, 2])
    assert.equal(evaluate('(_b[3]++, _b.reduce((a, n) => a + n, 0))', '{ _b: [] }'), 1)
  })
})

describe('an assignment', () => {
  it('evaluates object, key and value once and in order', () => {
    for (const operator of ['=', '+=', '-=', '||=']) {
      const body = `(_f('o')[_f('k')] ${operator} _f('v'), _seen.join())`
      const variables = '{ _seen: [], _f: x => (_seen.push(x), x === "o" ? _o : x), _o: {} }'
      assert.equal(evaluate(body, variables), 'o,k,v', operator)
    }
    assert.equal(evaluate('(_f().n++, _n)', '{ _n: 0, _o: {}, _f: () => (_n++, _o) }'), 1)
  })

  it('reads the old value before the right side is evaluated', () => {
    assert.equal(evaluate('_o.a.n += (_o.a.n = 10)', '{ _o: { a: { n: 1 } } }'), 11)
    assert.equal(evaluate('_x += (_x = 10)', '{ _x: 1 }'), 11)
  })

  it('may be nested and parenthesised', () => {
    assert.deepEqual(run('_a[_i++] = _b[_i++] = _i', '{ _a: [], _b: [], _i: 0 }').variables._a, [2])
    assert.equal(evaluate('(_x) += (_y) += 1', '{ _x: undefined, _y: undefined }'), 1)
    assert.equal(evaluate('((_o).n)++ + (_o.n)++', '{ _o: {} }'), 1)
    assert.equal(evaluate('(_a, _o)[(0, "n")] += 2', '{ _a: 0, _o: {} }'), 2)
  })

  it('to a read-only member is ignored', () => {
    const frozen = Object.freeze({ n: 1, list: Object.freeze([1]) })
    assert.equal(
      evaluate('(args[0].n = 2, args[0].n++, args[0].n += 1, args[0].n)', '{}', frozen),
      1,
    )
    assert.equal(evaluate('(args[0].list[0 + 0] += 5, args[0].list[0])', '{}', frozen), 1)
  })

  it('keeps lines of a block apart that have no semicolons', () => {
    const body = `{
      let n = 1
      _f(n)
      _x++
      this
      n++
      return n + _x
    }`
    assert.equal(evaluate(body, '{ _x: undefined, _f: () => 0 }'), 3)
  })
})

describe('an array that grows by index', () => {
  it('has its gap visited by iteration', () => {
    const grow = [
      '_a[3]++',
      '_a[3] = 1',
      '_a[_i] = 1',
      '_o.a[_i] += 1',
      '_a[_i] ||= 1',
      '_a[2 + 1]++',
    ]
    for (const body of grow) {
      const made = evaluate(
        `(${body}, (_o.a.length ? _o.a : _a).map((x, i) => i))`,
        '{ _a: [], _o: { a: [] }, _i: 3 }',
      )
      assert.deepEqual(made, [0, 1, 2, 3], body)
    }
  })

  it('keeps the holes that were there before the gap', () => {
    assert.equal(evaluate('(_a[4] = 1, 0 in _a)', '{ _a: [, 1] }'), false)
  })

  it('stays sparse when the gap is huge', () => {
    assert.equal(evaluate('(_a[4000000000] = 1, 0 in _a)', '{ _a: [] }'), false)
  })

  it('evaluates the value before it grows', () => {
    assert.deepEqual(evaluate('(_a[2] = _a.length, _a)', '{ _a: [] }'), [undefined, undefined, 0])
  })
})
