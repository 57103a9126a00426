import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCpuList } from '../../../bench/load/process/cpus.ts'
import { parseProcStat, parseRollupRssKb } from '../../../bench/load/process/proc-stat.ts'
import { readCpuTime, readRssKb, readTree } from '../../../bench/load/process/process-tree.ts'

test('a process name with spaces and parentheses does not shift the fields', () => {
  const line = '4242 (a (b) c) S 17 4242 1 0 -1 4194560 1 2 3 4 123 456 7 8 20 0 3 0 99 1000 250 1'
  assert.deepEqual(parseProcStat(line), {
    pid: 4242,
    parentPid: 17,
    userTicks: 123,
    systemTicks: 456,
  })
})

test('the resident set comes from the Rss line, not from its neighbours', () => {
  const text =
    '55-7f ---p 00000000 00:00 0 [rollup]\nRss:    47360 kB\nPss:    12000 kB\nPss_Rss: 1 kB\n'
  assert.equal(parseRollupRssKb(text), 47_360)
  assert.equal(parseRollupRssKb(''), 0)
})

test('processor lists expand ranges', () => {
  assert.deepEqual(parseCpuList('0-2,5,8-9\n'), [0, 1, 2, 5, 8, 9])
  assert.deepEqual(parseCpuList(''), [])
})

test('this process is the root of its own tree and has used time and memory', () => {
  assert.equal(readTree(process.pid)[0]?.pid, process.pid)
  const cpu = readCpuTime(process.pid)
  assert.ok(cpu.userMicros + cpu.systemMicros > 0)
  assert.ok(readRssKb(process.pid) > 10_000)
})
