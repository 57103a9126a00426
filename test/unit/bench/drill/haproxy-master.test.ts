import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseMasterState } from '../../../../bench/drill/subjects/haproxy-master.ts'

const HEADING = '#<PID>          <type>          <reloads>       <uptime>        <version>\n'

describe("the state of HAProxy's master", () => {
  it('has the workers of the newest config, not those that still end', () => {
    const text = `${HEADING}1624            master          2 [failed: 0]   0d00h00m09s     2.6.12
# workers
1769            worker          0               0d00h00m04s     2.6.12
# old workers
1631            worker          1               0d00h00m09s     2.6.12
# programs

`
    assert.deepEqual(parseMasterState(text), { reloads: 2, failed: 0, workers: [1769] })
  })

  it('tells failed reloads', () => {
    const text = `${HEADING}1624            master          3 [failed: 1]   0d00h00m16s     2.6.12
# workers
1769            worker          1               0d00h00m11s     2.6.12
`
    assert.deepEqual(parseMasterState(text), { reloads: 3, failed: 1, workers: [1769] })
  })

  it('is none in an answer that was cut off with the master', () => {
    assert.equal(parseMasterState(''), undefined)
    assert.equal(parseMasterState(HEADING), undefined)
  })
})
