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

const FAMILIES = ['sluice', 'nginx', 'haproxy', 'http-proxy-3']

function formatRow(workload: WorkloadResult): string {
  const { title } = FIGURE_FORMATS[workload.figure]
  const cells = FAMILIES.map((family) => formatCell(workload, family))
  return `| ${[workload.title, title, ...cells].join(' | ')} |`
}

/**
 * What one proxy needs. Of several forms of it the one that did best is shown; a form that does
 * another job than the workload's subject stands behind that, with its name.
 */
function formatCell({ peers, figure }: WorkloadResult, family: string): string {
  const [subject, ...others] = peers.filter((peer) => isOfFamily(peer, 'sluice'))
  const otherJobs = new Set(others.map(formOf))
  const ours = peers.filter((peer) => isOfFamily(peer, family))
  const cells: string[] = []
  const sameJob = ours.filter((peer) => peer === subject || !otherJobs.has(formOf(peer)))
  const values = sameJob.flatMap((peer) => peer.medians[figure] ?? [])
  if (values.length > 0) cells.push(formatFigure(figure, Math.min(...values)))
  for (const peer of ours.filter((peer) => !sameJob.includes(peer))) {
    cells.push(`${formOf(peer)}: ${formatFigure(figure, peer.medians[figure])}`)
  }
  return cells.length > 0 ? cells.join('; ') : formatFigure(figure, undefined)
}

function isOfFamily({ name }: PeerResult, family: string): boolean {
  return name === family || name.startsWith(`${family}-`)
}

/** What stands in brackets behind the name of a proxy; empty for its plain form. */
function formOf({ label }: PeerResult): string {
  return /\((.+)\)$/.exec(label)?.[1] ?? ''
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
