import { relative } from 'node:path'
import { BenchError } from './bench-error.ts'
import type { BenchContext } from './measure/bench-context.ts'
import type { RunOptions } from './options.ts'
import type { Peer } from './peers/peer.ts'
import { pinSelf, planCpus } from './process/cpus.ts'
import { type Tool, toolVersion } from './process/tool.ts'
import { createWorkspace } from './process/workspace.ts'
import { projectPath } from './project.ts'
import { describeMachine } from './report/machine.ts'
import type { Results, WorkloadResult } from './report/results.ts'
import { saveResults } from './report/saved-results.ts'
import { runWorkload } from './run-workload.ts'
import { startUpstream } from './upstream.ts'
import type { Workload } from './workloads/workload.ts'

/** Runs the chosen workloads and saves what they found after each one. */
export async function runBenchmark(
  options: RunOptions,
): Promise<{ results: Results; path: string }> {
  requireTools()
  const cpus = planCpus()
  pinSelf(cpus.load)
  const workspace = createWorkspace()
  const upstream = await startUpstream(workspace, cpus.load)
  const workloads: WorkloadResult[] = []
  const results: Results = { machine: describeMachine(), workloads }
  const skipped = new Set<string>()
  let path = ''
  for (const workload of options.workloads) {
    const peers = choosePeers(workload, options.peers, skipped)
    if (peers.length === 0) continue
    const rounds = options.rounds ?? workload.rounds ?? DEFAULT_ROUNDS
    const { warmUpSeconds, countSeconds } = options
    const timing = { warmUpSeconds, countSeconds, rounds }
    const context: BenchContext = { cpus, upstream, workspace, timing }
    workloads.push(await runWorkload(workload, peers, context))
    path = saveResults(results, options.saveAs)
  }
  if (workloads.length === 0) throw new BenchError('nothing to measure: no peer is there')
  return { results, path: relative(projectPath('.'), path) }
}

const DEFAULT_ROUNDS = 5

const TOOLS: readonly Tool[] = [
  { program: 'taskset', versionArgs: ['--version'], debianPackage: 'util-linux' },
  { program: 'wrk', versionArgs: ['-v'], debianPackage: 'wrk' },
  { program: 'nginx', versionArgs: ['-v'], debianPackage: 'nginx' },
]

/** Fails with the packages of the tools that are missing. */
export function requireTools(): void {
  const missing = TOOLS.filter((tool) => toolVersion(tool) === undefined)
  if (missing.length === 0) return
  const packages = missing.map((tool) => tool.debianPackage).join(' ')
  throw new BenchError(`missing programs: apt-get install ${packages}`)
}

function choosePeers(
  workload: Workload,
  wanted: readonly Peer[] | undefined,
  skipped: Set<string>,
): Peer[] {
  return workload.peers.filter((peer) => {
    if (wanted !== undefined && !wanted.includes(peer)) return false
    if (peer.version() !== undefined) return true
    if (!skipped.has(peer.name)) console.log(`without ${peer.name}: ${peer.remedy}`)
    skipped.add(peer.name)
    return false
  })
}
