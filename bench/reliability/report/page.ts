import { ALL_FAULTS } from '../all-faults.ts'
import type { HttpSafetyResult } from '../http-safety.ts'
import { type FaultResult, type GoodFigures, isFastEnough } from '../measure-fault.ts'
import type { TimerResults } from '../timers.ts'
import type { ReliabilityResults } from './results.ts'

const LINE_LENGTH = 108

/** Writes the results as the page docs/reliability.md. */
export function renderPage(results: ReliabilityResults): string {
  const { machine, faults, fuzz } = results
  const failed = faults.reduce((sum, { good }) => sum + total(good, 'failed'), 0)
  const sent = faults.reduce((sum, { good }) => sum + total(good, 'sent'), 0)
  return `# Reliability

<!-- Written by npm run reliability, from bench/results/reliability.json. -->

What happens to good requests while something around Sluice goes wrong. Each fault is made by real processes
against a fresh Sluice with two workers and default settings. A client on a thread of its own sends 200 good
requests per second all the while, one in five on a new connection; they go to a healthy nginx. Faults of
clients meet \`sluice lb\`; faults of an upstream meet a script that has the faulty upstream beside the healthy
one, with 2 s to answer. Processes that attack with many connections have the lowest priority, because
elsewhere they would have processors of their own. Everything shares ${machine.processors} processors (${machine.processor}, Linux
${machine.kernel}, Node ${machine.node}); measured on ${results.measuredAt.slice(0, 10)}, ${results.faultSeconds} s for a
fault, or until its time-outs are over.

In all ${count(sent)} good requests were sent and ${failed === 0 ? 'none' : count(failed)} failed.

## Good requests

Latency counts from when a request was due, in milliseconds: before, during and after the fault. The bar is
no failed request, and for floods of connections a p99 during the fault.

| fault | sent | failed | p50 | p99 | bar |
|---|---:|---:|---:|---:|---:|
${faults.map(goodRow).join('\n')}

## Faults

A case is a request that cannot succeed, a hostile connection, or a probe of slowhttptest; it passes if it
ends as described below. Memory is the resident set of the process in MB: before, the most during, and after. What
a fault leaves there is what the heaps have grown to; they use it again, and the same fault again and again adds
nothing. What is left are client connections and descriptors that were not there before.

| fault | cases | passed | errors | memory | left |
|---|---:|---:|---:|---:|---:|
${faults.map(faultRow).join('\n')}

${faults.map(({ title, what }) => item(`**${title}.** ${what}`)).join('\n')}
${missing(faults)}${notes(faults)}
${httpSafety(results.httpSafety)}
## Fuzzing

libFuzzer with ASan and UBSan for the native codecs, and random scripts fed with random events for every
filter; \`npm run fuzz\` runs them for longer.

| target | seconds | executions | findings |
|---|---:|---:|---:|
${fuzz.map((one) => `| \`${one.target}\` | ${one.seconds} | ${count(one.executions)} | ${one.finding || 0} |`).join('\n')}
${timerTable(results.timers)}`
}

function timerTable(results: TimerResults | undefined): string {
  if (results === undefined) return ''
  const rows = results.costs.map(({ name, ns, unit }) => `| ${name} | ${ns} | ${unit} |`)
  return `
## Time-outs

All time-outs of a worker are in one wheel with a tick of 100 ms; a connection has one place in it, and no
request sets a timer. What that costs with ${count(results.timers)} connections, in nanoseconds, without Node (\`sh
bench/native/run.sh timers\`):

| | ns | for each |
|---|---:|---|
${rows.join('\n')}
`
}

function httpSafety(result: HttpSafetyResult | undefined): string {
  if (result === undefined) return ''
  const { cases, passed } = result
  return `## Odd and hostile HTTP

Raw bytes through a running Sluice, whose answer and what reaches the upstream are compared byte by byte:
the tests of \`test/integration/http-safety\`.

| cases | passed | errors |
|---:|---:|---:|
| ${count(cases)} | ${count(passed)} | ${count(cases - passed)} |
`
}

function goodRow({ title, good, p99BarMs }: FaultResult): string {
  const figures = (pick: (one: GoodFigures) => number): string =>
    good.map((one) => pick(one).toFixed(1)).join(' / ')
  const cells = [
    title,
    count(total(good, 'sent')),
    count(total(good, 'failed')),
    figures(({ p50Ms }) => p50Ms),
    figures(({ p99Ms }) => p99Ms),
    p99BarMs === undefined ? '' : `< ${p99BarMs}`,
  ]
  return `| ${cells.join(' | ')} |`
}

function faultRow(fault: FaultResult): string {
  const memory = [fault.rssBeforeMb, fault.rssPeakMb, fault.rssAfterMb]
  const cells = [
    fault.title,
    count(fault.cases),
    count(fault.passed),
    count(fault.cases - fault.passed),
    memory.map((value) => value.toFixed(0)).join(' / '),
    count(fault.leaked),
  ]
  return `| ${cells.join(' | ')} |`
}

/** Faults that were added after these results. */
function missing(faults: readonly FaultResult[]): string {
  const known = new Set(faults.map(({ name }) => name))
  const titles = ALL_FAULTS.filter(({ name }) => !known.has(name)).map(({ title }) => title)
  return titles.length === 0 ? '' : `\nNot measured yet: ${titles.join(', ')}.\n`
}

/** What went wrong, in words. */
function notes(faults: readonly FaultResult[]): string {
  const lines = faults.flatMap((fault) => [
    ...(fault.firstError === '' ? [] : [item(`${fault.title}: ${fault.firstError}.`)]),
    ...(fault.survived ? [] : [item(`${fault.title}: the process or a worker died.`)]),
    ...(isFastEnough(fault)
      ? []
      : [
          item(`${fault.title}: the p99 during the fault is over the bar of ${fault.p99BarMs} ms.`),
        ]),
    ...fault.good
      .filter((one) => one.firstError !== '')
      .map((one) =>
        item(`${fault.title}, ${one.phase}: a good request failed: ${one.firstError}.`),
      ),
  ])
  return lines.length === 0 ? '' : `\nWhat did not pass:\n\n${lines.join('\n')}\n`
}

/** An item of a list, in lines as long as those of other documents. */
function item(text: string): string {
  let line = '-'
  const lines: string[] = []
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > LINE_LENGTH) {
      lines.push(line)
      line = ' '
    }
    line += ` ${word}`
  }
  return [...lines, line].join('\n')
}

function total(good: readonly GoodFigures[], field: 'sent' | 'failed'): number {
  return good.reduce((sum, one) => sum + one[field], 0)
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
