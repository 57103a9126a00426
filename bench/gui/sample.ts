import { Agent, get } from 'node:http'
import type { BenchContext } from '../load/measure/bench-context.ts'
import { startProxy } from '../load/peers/running-proxy.ts'
import { onCleanup } from '../load/process/cleanup.ts'
import { guiUrlOf } from './measure.ts'
import { sluiceRunning } from './programs.ts'

const PAUSE_MS = 5

/** Starts a Sluice with a web UI and some traffic, for pages that are only loaded; returns its address. */
export async function startSample(context: BenchContext): Promise<string> {
  const { upstream, workspace, cpus } = context
  const options = { upstream, workspace, cpus: cpus.load, workers: 1 }
  const proxy = await startProxy(sluiceRunning('script', 'watched'), options)
  onCleanup(() => proxy.stop())
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let isOver = false
  const ask = (): void => {
    if (isOver) return
    get({ host: '127.0.0.1', port: proxy.port, agent }, (response) => {
      response.resume()
      response.once('end', () => setTimeout(ask, PAUSE_MS))
    }).once('error', () => setTimeout(ask, PAUSE_MS))
  }
  ask()
  onCleanup(() => {
    isOver = true
    agent.destroy()
  })
  return guiUrlOf(proxy)
}
