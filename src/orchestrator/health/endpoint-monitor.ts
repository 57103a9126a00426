import type { EndpointTable, Health } from '../../balancer/endpoint-table.ts'
import type { HealthSpec } from '../../program/upstream-policies.ts'
import type { Probe, ProbeTarget } from './probe.ts'

/** Intervals vary by this share, so that endpoints are not all asked at once. */
const JITTER = 0.1

export interface MonitorOptions {
  readonly spec: HealthSpec
  readonly probe: Probe
  readonly target: ProbeTarget
  readonly table: EndpointTable
  readonly row: number
  /** Called when the health has changed; `reason` is why the last probe failed, or empty. */
  readonly onChange: (health: Health, reason: string) => void
}

/**
 * Probes one endpoint again and again, and writes what it finds into the table. The first finding
 * counts at once, others when they have come as often in a row as the thresholds say.
 *
 *     unknown -> healthy | unhealthy      the first probe
 *     healthy -> unhealthy                unhealthyThreshold failures in a row
 *     unhealthy -> healthy                healthyThreshold successes in a row
 */
export class EndpointMonitor {
  readonly #options: MonitorOptions
  readonly #stopped = new AbortController()
  #timer: NodeJS.Timeout | undefined
  /** Findings in a row that contradict the current health. */
  #contradictions = 0
  /** Whether the last probe failed. */
  #isFailing = false

  constructor(options: MonitorOptions) {
    this.#options = options
  }

  start(): void {
    this.#schedule(Math.random() * JITTER * this.#options.spec.intervalMs)
  }

  /** Probes no more; what was found stays in the table. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#stopped.abort()
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(() => void this.#run(), delayMs).unref()
  }

  async #run(): Promise<void> {
    const { spec } = this.#options
    const reason = await this.#probe()
    if (this.#stopped.signal.aborted) return
    this.#isFailing = reason !== ''
    this.#judge(reason)
    const isWell = !this.#isFailing && this.#contradictions === 0
    const interval = isWell ? spec.intervalMs : spec.unhealthyIntervalMs
    this.#schedule(interval * (1 + JITTER * (2 * Math.random() - 1)))
  }

  /** Why the endpoint is not well; empty if it is. */
  async #probe(): Promise<string> {
    const { probe, target, spec } = this.#options
    const timeout = AbortSignal.timeout(spec.timeoutMs)
    try {
      await probe(target, AbortSignal.any([timeout, this.#stopped.signal]))
      return ''
    } catch (error) {
      if (timeout.aborted) return `no answer within ${spec.timeoutMs} ms`
      return error instanceof Error && error.message !== '' ? error.message : String(error)
    }
  }

  #judge(reason: string): void {
    const { spec, table, row, onChange } = this.#options
    const found: Health = reason === '' ? 'healthy' : 'unhealthy'
    const current = table.health(row)
    if (found === current) {
      this.#contradictions = 0
      return
    }
    this.#contradictions++
    const threshold = found === 'healthy' ? spec.healthyThreshold : spec.unhealthyThreshold
    if (current !== 'unknown' && this.#contradictions < threshold) return
    this.#contradictions = 0
    table.setHealth(row, found)
    // Whoever could not connect to it some time ago need not wait any longer.
    if (found === 'healthy') table.readmit(row)
    onChange(found, reason)
  }
}
