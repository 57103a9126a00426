import { fileURLToPath } from 'node:url'
import { parseConsumerReport } from '../dubbo/consumer-report.ts'
import type { BenchContext } from '../measure/bench-context.ts'
import { measureUnderLoad } from '../measure/closed-loop.ts'
import { oneByOne } from '../measure/one-by-one.ts'
import { haproxyTcp } from '../peers/haproxy.ts'
import { startProxy } from '../peers/running-proxy.ts'
import { sluiceDubbo, sluiceTcp } from '../peers/sluice.ts'
import { findFreePort } from '../process/free-port.ts'
import { type ManagedProcess, startProcess } from '../process/managed-process.ts'
import { waitForPort } from '../process/wait-for-port.ts'
import { siblingModule } from '../project.ts'
import type { Upstream } from '../upstream.ts'
import type { Workload } from './workload.ts'

const CONNECTIONS = 16
const CALLS = 4

/**
 * Dubbo calls balanced one by one over shared connections, beside the same bytes passed through as
 * TCP. Load and upstream are our own and share a processor: the rate is theirs, the CPU time per
 * request the proxy's.
 */
export const dubbo: Workload = {
  name: 'dubbo',
  title: `Dubbo, ${CONNECTIONS} connections with ${CALLS} calls each, 1 KB requests`,
  figure: 'cpuMicros',
  peers: [sluiceDubbo, sluiceTcp, haproxyTcp],
  run: oneByOne(async (peer, context) => {
    const { provider, upstream } = await startProvider(context)
    try {
      const { workspace, cpus } = context
      const proxy = await startProxy(peer, { upstream, workspace, cpus: cpus.proxy, workers: 1 })
      try {
        const { warmUpSeconds, countSeconds } = context.timing
        await runConsumer(proxy.port, warmUpSeconds, context)
        return await measureUnderLoad(proxy, () => runConsumer(proxy.port, countSeconds, context))
      } finally {
        await proxy.stop()
      }
    } finally {
      await provider.stop()
    }
  }),
}

async function startProvider({
  cpus,
  workspace,
}: BenchContext): Promise<{ provider: ManagedProcess; upstream: Upstream }> {
  const ports = [await findFreePort(), await findFreePort()] as const
  const command = program('provider', { PORTS: ports.join(',') })
  const provider = await startProcess(command, cpus.load, workspace)
  for (const port of ports) await waitForPort(port, provider)
  return { provider, upstream: { ports } }
}

async function runConsumer(
  port: number,
  seconds: number,
  { cpus, workspace }: BenchContext,
): Promise<ReturnType<typeof parseConsumerReport>> {
  const settings = { PORT: port, CONNECTIONS, CALLS, SECONDS: seconds }
  const environment = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, String(value)]),
  )
  const child = await startProcess(program('consumer', environment), cpus.load, workspace)
  await child.ended
  return parseConsumerReport(child.output(), child.errorOutput())
}

function program(
  name: string,
  environment: Readonly<Record<string, string>>,
): Parameters<typeof startProcess>[0] {
  const module = siblingModule(import.meta.url, `../dubbo/${name}`)
  return { program: process.execPath, args: [fileURLToPath(module)], environment }
}
