import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort } from '../process/free-port.ts'
import { type ManagedProcess, startProcess } from '../process/managed-process.ts'
import { waitForPort } from '../process/wait-for-port.ts'
import type { Upstream } from '../upstream.ts'
import type { Peer } from './peer.ts'

/** A proxy that has accepted its first connection. */
export interface RunningProxy {
  readonly pid: number
  readonly port: number
  /** From before the process was spawned to its first accepted connection. */
  readonly startMs: number
  isRunning(): boolean
  /** What it wrote to stdout so far; only the last 64 KB are kept. */
  output(): string
  stop(): Promise<void>
}

/** What a proxy is started with. */
export interface StartOptions {
  readonly upstream: Upstream
  readonly workspace: string
  readonly cpus: string
  readonly workers: number
  /** What it has in its environment besides what it inherits. */
  readonly environment?: NodeJS.ProcessEnv
  /** How often it is asked whether it accepts; the resolution of `startMs`. */
  readonly pollMs?: number
}

/** Starts a fresh process of a peer in a directory of its own, on a port nobody used before. */
export async function startProxy(peer: Peer, options: StartOptions): Promise<RunningProxy> {
  const directory = mkdtempSync(join(options.workspace, `${peer.name}-`))
  const port = await findFreePort()
  const launch = peer.launch({
    port,
    upstreamPorts: options.upstream.ports,
    directory,
    workers: options.workers,
  })
  for (const [name, text] of Object.entries(launch.files ?? {})) {
    writeFileSync(join(directory, name), text)
  }
  const startedAt = performance.now()
  const child: ManagedProcess = await startProcess(
    { ...launch, environment: { ...launch.environment, ...options.environment } },
    options.cpus,
    directory,
  )
  const stop = async (): Promise<void> => {
    await child.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await waitForPort(port, child, options.pollMs)
  } catch (error) {
    await stop()
    throw error
  }
  const startMs = performance.now() - startedAt
  const { pid, isRunning, output } = child
  return { pid, port, startMs, isRunning, output, stop }
}
