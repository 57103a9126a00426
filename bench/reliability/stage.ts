import { fileURLToPath } from 'node:url'
import { type RunningProxy, startProxy } from '../load/peers/running-proxy.ts'
import { findFreePort } from '../load/process/free-port.ts'
import { type ManagedProcess, startProcess } from '../load/process/managed-process.ts'
import { waitForPort } from '../load/process/wait-for-port.ts'
import { siblingModule } from '../load/project.ts'
import { startUpstream, type Upstream, type UpstreamExtras } from '../load/upstream.ts'
import type { Fault } from './fault.ts'
import { balancer, router } from './proxies.ts'

/** Sluice between a healthy upstream and, for some faults, a faulty one: all processes of their own. */
export interface Stage {
  /** Port of Sluice. */
  readonly port: number
  readonly proxy: RunningProxy
  /** Processors for whatever a fault starts. */
  readonly cpus: string
  /** How much attackers step back behind others who want a processor, of 0 to 19. */
  readonly attackersNice: number
  /** How long a request waits for its answer, in milliseconds, before it has failed. */
  readonly patienceMs: number
  /** Starts the faulty upstream anew, after it was killed. */
  startFaulty(): Promise<ManagedProcess>
}

/** What all faults of one run share. */
export interface StageSetup {
  readonly workspace: string
  /** Processors for everything. */
  readonly cpus: string
  readonly upstream: Upstream
  /** What Sluice has in its environment besides what it inherits. */
  readonly environment?: NodeJS.ProcessEnv
  /** Instead of `ATTACKERS_NICE`. */
  readonly attackersNice?: number
  /** Instead of `PATIENCE_MS`. */
  readonly patienceMs?: number
}

/**
 * Attackers get what others leave of the processors: elsewhere they would have their own, and what is
 * to be seen is how Sluice shares its time, not how the kernel does.
 */
const ATTACKERS_NICE = 19
const PATIENCE_MS = 10_000

const WORKERS = 2

const UPSTREAM_EXTRAS: UpstreamExtras = {
  // On the same machine its buffers would take the kernel's memory from Sluice.
  listen: 'sndbuf=128k',
  // Waits for the whole body before it answers.
  locations:
    'location /upload { client_body_timeout 300s; proxy_pass http://$server_addr:$server_port/; }',
}

/** Starts nginx as the healthy upstream of all faults; it ends with the run. */
export async function prepareStages(workspace: string, cpus: string): Promise<StageSetup> {
  return { workspace, cpus, upstream: await startUpstream(workspace, cpus, UPSTREAM_EXTRAS) }
}

/** Starts a Sluice with its default settings for one fault. */
export async function startStage(fault: Fault, setup: StageSetup): Promise<Stage> {
  const { workspace, cpus, environment = {} } = setup
  const { attackersNice = ATTACKERS_NICE, patienceMs = PATIENCE_MS } = setup
  const faultyPort = await findFreePort()
  const upstream = { ports: [setup.upstream.ports[0], faultyPort] as const }
  const peer = fault.proxy === 'balancer' ? balancer : router
  const proxy = await startProxy(peer, {
    ...{ upstream, workspace, cpus, environment },
    workers: WORKERS,
  })
  const startFaulty = async (): Promise<ManagedProcess> => {
    const script = fileURLToPath(siblingModule(import.meta.url, 'faulty-upstream'))
    const command = {
      program: process.execPath,
      args: [script, String(faultyPort), fault.upstream ?? ''],
    }
    const child = await startProcess(command, cpus, workspace)
    await waitForPort(faultyPort, child)
    return child
  }
  return { port: proxy.port, proxy, cpus, attackersNice, patienceMs, startFaulty }
}
