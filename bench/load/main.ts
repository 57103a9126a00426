import type { GuiBenchOptions } from '../gui/main.ts'
import { runPickers } from '../micro/pickers.ts'
import { BARS } from './bars.ts'
import { BenchError } from './bench-error.ts'
import { HELP, parseOptions, type RunOptions } from './options.ts'
import { ALL_PEERS } from './peers/all-peers.ts'
import { cleanUpOnSignals, runCleanups } from './process/cleanup.ts'
import { formatBar, formatBarResult } from './report/format-bar.ts'
import { updateReadme } from './report/readme-table.ts'
import { runBenchmark } from './run-benchmark.ts'
import { ALL_WORKLOADS } from './workloads/all-workloads.ts'

/** Runs the load benchmark's command line; returns the exit code. Missed bars are reported, not failures. */
export async function main(argv: readonly string[]): Promise<number> {
  cleanUpOnSignals()
  try {
    const options = parseOptions(argv)
    if (options.command === 'help') console.log(HELP)
    else if (options.command === 'list') console.log(listAll())
    else if (options.command === 'micro') runPickers()
    else if (options.command === 'gui') await runGui(options)
    else if (options.command === 'table') console.log(updateReadme(options.isCheck))
    else await run(options)
    return 0
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    console.error(`bench: ${error.message}`)
    return 1
  } finally {
    await runCleanups()
  }
}

/** The browser's library is there for developers only, and is loaded only for this. */
async function runGui(options: GuiBenchOptions): Promise<void> {
  const { runGuiBenchmark } = await import('../gui/main.ts')
  console.log(`written to ${await runGuiBenchmark(options)}`)
}

async function run(options: RunOptions): Promise<void> {
  const startedAt = performance.now()
  const { results, path } = await runBenchmark(options)
  const bars = results.workloads.flatMap((workload) =>
    workload.bars.map((bar) => `  ${workload.name.padEnd(10)}${formatBarResult(bar)}`),
  )
  if (bars.length > 0) console.log(`\nBars\n${bars.join('\n')}`)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  console.log(`\n${seconds} s; written to ${path}`)
}

function listAll(): string {
  const workloads = ALL_WORKLOADS.map((workload) => {
    const bars = BARS.filter((bar) => bar.workload === workload.name).map(formatBar)
    const peers = workload.peers.map((peer) => peer.name).join(', ')
    const lines = [`  ${workload.name.padEnd(10)}${workload.title}`, `            ${peers}`]
    return [...lines, ...bars.map((bar) => `            bar: ${bar}`)].join('\n')
  })
  const peers = ALL_PEERS.map((peer) => {
    return `  ${peer.name.padEnd(16)}${peer.version() ?? `missing: ${peer.remedy}`}`
  })
  return `Workloads\n${workloads.join('\n')}\n\nPeers\n${peers.join('\n')}`
}
