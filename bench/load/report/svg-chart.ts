import { FIGURE_FORMATS, formatFigure } from './format-figures.ts'
import type { PeerResult, Results, WorkloadResult } from './results.ts'

/**
 * Draws the results as horizontal bars, one group per workload. Each group has its own scale, whose
 * full length is its largest value; http-proxy-3 is cut off where it would shrink all others.
 */
export function drawChart(results: Results): string {
  const parts: string[] = []
  let y = MARGIN
  for (const workload of results.workloads) {
    parts.push(drawGroup(workload, y))
    y += TITLE_HEIGHT + workload.peers.length * BAR_STEP + GROUP_GAP
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" \
height="${y}" font-family="system-ui, sans-serif" font-size="12" role="img">
<title>Sluice beside other proxies; shorter is better</title>
<style>${STYLE}</style>
<rect class="ground" width="100%" height="100%"/>
${parts.join('\n')}
</svg>
`
}

const WIDTH = 760
const MARGIN = 16
const LABEL_WIDTH = 120
const VALUE_WIDTH = 90
const TITLE_HEIGHT = 22
const BAR_HEIGHT = 14
const BAR_STEP = 18
const GROUP_GAP = 16
const BAR_SPACE: number = WIDTH - 2 * MARGIN - LABEL_WIDTH - VALUE_WIDTH
const STYLE = `
.ground{fill:#fff}text{fill:#24292f}.title{font-weight:600}.ours{fill:#0969da}.theirs{fill:#afb8c1}
@media(prefers-color-scheme:dark){.ground{fill:#0d1117}text{fill:#e6edf3}.ours{fill:#4493f8}.theirs{fill:#484f58}}
`

function drawGroup(workload: WorkloadResult, top: number): string {
  const { figure } = workload
  const value = (peer: PeerResult): number => peer.medians[figure] ?? 0
  const isOnScale = (peer: PeerResult): boolean => peer.name !== 'http-proxy-3'
  const scale = Math.max(...workload.peers.filter(isOnScale).map(value), Number.MIN_VALUE)
  const bars = workload.peers.map((peer, index) => {
    const y = top + TITLE_HEIGHT + index * BAR_STEP
    const width = Math.max(1, Math.min(1, value(peer) / scale) * BAR_SPACE)
    const isCut = value(peer) > scale
    const x = MARGIN + LABEL_WIDTH
    const end = x + width + 6
    const kind = peer.name.startsWith('sluice') ? 'ours' : 'theirs'
    return `<text x="${x - 8}" y="${y + 11}" text-anchor="end">${escapeXml(peer.label)}</text>\
<rect class="${kind}" x="${x}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}"/>\
<text x="${end.toFixed(1)}" y="${y + 11}">${isCut ? '… ' : ''}${formatFigure(figure, peer.medians[figure])}</text>`
  })
  const title = `${workload.title}: ${FIGURE_FORMATS[figure].title}`
  return `<text class="title" x="${MARGIN}" y="${top + 12}">${escapeXml(title)}</text>\n${bars.join('\n')}`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
