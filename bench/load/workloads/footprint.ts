import { checkAnswer } from '../measure/check-answer.ts'
import { oneByOne } from '../measure/one-by-one.ts'
import { readSettledRssKb } from '../measure/settled-rss.ts'
import { haproxy } from '../peers/haproxy.ts'
import { nginx } from '../peers/nginx.ts'
import { startProxy } from '../peers/running-proxy.ts'
import { sluice } from '../peers/sluice.ts'
import { UPSTREAM_BODIES } from '../upstream.ts'
import type { Workload } from './workload.ts'

const PEERS = [sluice, nginx, haproxy]

/** Resident memory of a proxy with two workers that has nothing to do. */
export const rss: Workload = {
  name: 'rss',
  title: 'Resident memory, 2 workers, idle',
  figure: 'rssMb',
  peers: PEERS,
  run: oneByOne(async (peer, context) => {
    const { upstream, workspace } = context
    const cpus = context.cpus.proxy
    const proxy = await startProxy(peer, { upstream, workspace, cpus, workers: 2 })
    try {
      const problem = await checkAnswer(proxy.port, '/', UPSTREAM_BODIES['/'])
      if (problem !== undefined) return { figures: {}, errors: 1, problem }
      return { figures: { rssMb: (await readSettledRssKb(proxy.pid)) / 1024 }, errors: 0 }
    } finally {
      await proxy.stop()
    }
  }),
}

/** Time from spawning the process to its first accepted connection, one worker, not pinned. */
export const startup: Workload = {
  name: 'startup',
  title: 'Start to first accepted connection, 1 worker',
  figure: 'startMs',
  peers: PEERS,
  rounds: 10,
  run: oneByOne(async (peer, context) => {
    const { upstream, workspace } = context
    const cpus = context.cpus.all
    const proxy = await startProxy(peer, { upstream, workspace, cpus, workers: 1, pollMs: 1 })
    await proxy.stop()
    return { figures: { startMs: proxy.startMs }, errors: 0 }
  }),
}
