import type { LayoutAnswer, LayoutRequest } from './lay-out-aside.ts'
import { layOut } from './layout.ts'

// The layout of hundreds of pipelines takes about a second, in which the page goes on.
addEventListener('message', ({ data }: MessageEvent<LayoutRequest>) => {
  const { number, graph, direction } = data
  const answer: LayoutAnswer = { number, layout: layOut(graph, direction) }
  self.postMessage(answer)
})
