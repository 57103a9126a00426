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
  return `CPU time of the proxy process per request, unless the row says otherwise; medians of paired runs, side by
side on ${machine.processors} processors (${machine.processor}, Linux ${machine.kernel}, Node ${machine.node}),
${formatVersions(results)}.

| workload | figure | Sluice | nginx | HAProxy | http-proxy-3 |
|---|---|---:|---:|---:|---:|
${rows.join('\n')}

| bar | limit | reached | |
|---|---|---:|---|
${bars.join('\n')}
`
}

function formatRow(workload: WorkloadResult): string {
  // Of several forms of one proxy the table shows the one that did best.
  const cell = (family: string): string => {
    const values = workload.peers
      .filter((peer) => peer.name === family || peer.name.startsWith(`${family}-`))
      .flatMap((peer) => peer.medians[workload.figure] ?? [])
    return formatFigure(workload.figure, values.length > 0 ? Math.min(...values) : undefined)
  }
  const cells = [
    workload.title,
    FIGURE_FORMATS[workload.figure].title,
    cell('sluice'),
    cell('nginx'),
    cell('haproxy'),
    cell('http-proxy-3'),
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
