import { formatBar, formatBarValue } from './format-bar.ts'
import { FIGURE_FORMATS, formatFigure } from './format-figures.ts'
import type { BarResult, PeerResult, Results, WorkloadResult } from './results.ts'

/** Writes the results as the Markdown that stands in the README. */
export function formatMarkdown(results: Results): string {
  const { machine } = results
  const rows = results.workloads.map(formatRow)
  const bars = results.workloads.flatMap((workload) =>
    workload.bars.map((bar) => formatBarRow(workload, bar)),
  )
  return `CPU time of the proxy process per request, unless the row says otherwise; medians of paired runs, side by side on
${machine.processors} processors (${machine.processor}, Linux ${machine.kernel}, Node ${machine.node}), ${formatVersions(results)}.

| workload | figure | Sluice | nginx | HAProxy | http-proxy-3 |
|---|---|---:|---:|---:|---:|
${rows.join('\n')}

| bar | limit | reached | |
|---|---|---:|---|
${bars.join('\n')}
`
}

function formatRow(workload: WorkloadResult): string {
  const cell = (isThis: (name: string) => boolean): string => {
    const peer = workload.peers.find((candidate) => isThis(candidate.name))
    return formatFigure(workload.figure, peer?.medians[workload.figure])
  }
  const cells = [
    workload.title,
    FIGURE_FORMATS[workload.figure].title,
    cell((name) => name.startsWith('sluice')),
    cell((name) => name === 'nginx'),
    cell((name) => name.startsWith('haproxy')),
    cell((name) => name === 'http-proxy-3'),
  ]
  return `| ${cells.join(' | ')} |`
}

function formatBarRow(workload: WorkloadResult, { bar, value, verdict }: BarResult): string {
  const reached = value === null ? '–' : formatBarValue(bar, value)
  return `| ${workload.title} | ${formatBar(bar)} | ${reached} | ${verdict} |`
}

function formatVersions(results: Results): string {
  const versions = new Map<string, string>()
  const all: PeerResult[] = results.workloads.flatMap((workload) => [...workload.peers])
  for (const { label, version } of all) {
    if (!label.includes('(')) versions.set(label, version)
  }
  return [...versions].map(([label, version]) => `${label} ${version}`).join(', ')
}
