import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { projectPath } from '../project.ts'
import { ALL_WORKLOADS } from '../workloads/all-workloads.ts'
import type { Results, WorkloadResult } from './results.ts'
import { drawChart } from './svg-chart.ts'

/** The committed results; undefined before the first full run. */
export function readSavedResults(): Results | undefined {
  const path = resultsPath('latest.json')
  if (!existsSync(path)) return undefined
  return JSON.parse(readFileSync(path, 'utf8')) as Results // written by saveResults only
}

/**
 * Writes results as JSON and chart; returns the path of the JSON. Workloads that were not run keep
 * what they had under the name `latest`, each with the date of its own measurement.
 */
export function saveResults(results: Results, name: string): string {
  const earlier = name === 'latest' ? (readSavedResults()?.workloads ?? []) : []
  const find = (list: readonly WorkloadResult[], wanted: string): WorkloadResult[] =>
    list.filter((workload) => workload.name === wanted)
  const workloads = ALL_WORKLOADS.flatMap((workload) => {
    const fresh = find(results.workloads, workload.name)
    return fresh.length > 0 ? fresh : find(earlier, workload.name)
  })
  const all = { ...results, workloads }
  const path = resultsPath(`${name}.json`)
  const json = JSON.stringify(all, roundNumbers, 2)
  // What holds no other object is a line: there are hundreds of samples.
  const lines = json.replaceAll(/[{[][^{}[\]]*[}\]]/g, (leaf) => leaf.replaceAll(/\s+/g, ' '))
  writeFileSync(path, `${lines}\n`)
  writeFileSync(resultsPath(`${name}.svg`), drawChart(all))
  return path
}

function resultsPath(file: string): string {
  return projectPath('bench/results', file)
}

/** For JSON: digits that no measurement has would only make the committed file larger. */
export function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(6)) : value
}
