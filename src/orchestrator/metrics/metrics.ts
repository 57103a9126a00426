import type { Scope } from '../../observability/metrics/catalog.ts'
import {
  CONNECTION_FIELDS,
  CONNECTION_GROUP,
} from '../../observability/metrics/connection-fields.ts'
import type { Labels } from '../../observability/metrics/exposition.ts'
import { MetricsMemory } from '../../observability/metrics/metrics-memory.ts'
import type { MetricsPlan } from '../../observability/metrics/metrics-plan.ts'
import { POLICY_GROUP, POLICY_STATES } from '../../observability/metrics/policy-fields.ts'
import { REQUEST_FIELDS, REQUEST_GROUP } from '../../observability/metrics/request-fields.ts'
import { TARGET_FIELDS, TARGET_GROUP } from '../../observability/metrics/target-fields.ts'
import { WORKER_FIELDS } from '../../observability/metrics/worker-fields.ts'
import { formatAddress } from '../../program/format-address.ts'
import { listenerNames } from '../../program/log-names.ts'
import type { ProgramSpec } from '../../program/spec.ts'

/** Numbers of one thing, counted by all workers. */
export type Group = Omit<Series, 'scope'>

/** The requests of one listener, route, upstream or endpoint, counted by all workers. */
export interface Series {
  readonly scope: Scope
  readonly labels: Labels
  /** Place of the group. */
  readonly at: number
}

/** The connections of one listener, counted by all workers. */
export interface ConnectionSeries extends Group {
  /** Whether it passes bytes as they are, and so counts them. */
  readonly isTcp: boolean
}

/** The connections to one upstream or endpoint, counted by all workers. */
export interface TargetSeries extends Group {
  readonly scope: 'upstream' | 'endpoint'
}

const NO_PLAN: MetricsPlan = {
  listeners: [],
  connections: [],
  routes: [],
  upstreams: [],
  policies: [],
  endpoints: [],
  targets: [],
}

/** The metrics of the process: where workers count, and what of the present program it stands for. */
export class Metrics {
  readonly memory: MetricsMemory = new MetricsMemory()
  #series: readonly Series[] = []
  #policies: readonly Group[] = []
  #connections: readonly ConnectionSeries[] = []
  #targets: readonly TargetSeries[] = []
  #plan: MetricsPlan = NO_PLAN

  /** All that the present program counts. */
  get series(): readonly Series[] {
    return this.#series
  }

  /** The policies of all upstreams that the present program has. */
  get policies(): readonly Group[] {
    return this.#policies
  }

  /** The connections of all its listeners. */
  get connections(): readonly ConnectionSeries[] {
    return this.#connections
  }

  /** The connections to all its upstreams and endpoints. */
  get targets(): readonly TargetSeries[] {
    return this.#targets
  }

  /** Gives everything of a program that is counted its place; the same name keeps the same. */
  prepare(spec: ProgramSpec): MetricsPlan {
    return this.#describe(spec).plan
  }

  /** Makes a program the present one. */
  use(spec: ProgramSpec): void {
    const { plan, series, connections, targets } = this.#describe(spec)
    const places = new Set(series.map(({ at }) => at))
    // Endpoints come and go with the addresses of a name.
    for (const { scope, labels, at } of this.#series)
      if (!places.has(at)) this.memory.release(nameOf(scope, labels), REQUEST_GROUP)
    const targetPlaces = new Set(targets.map(({ at }) => at))
    for (const { labels, at } of this.#targets)
      if (!targetPlaces.has(at)) this.memory.release(targetName(labels), TARGET_GROUP)
    this.#targets = targets
    this.#plan = plan
    this.#series = series
    const upstreams = spec.kind === 'lb' ? spec.upstreams.map(({ name }) => name) : []
    this.#policies = groupsOf(upstreams, 'upstream', plan.policies)
    this.#connections = connections
  }

  /** What the threads of a slot are started with. */
  forWorker(slot: number): { numbers: Float64Array; plan: MetricsPlan } {
    return { numbers: this.memory.stripe(slot), plan: this.#plan }
  }

  /** What a worker had at the moment of its end it has no more. */
  workerEnded(slot: number): void {
    const stripe = this.memory.stripe(slot)
    stripe[WORKER_FIELDS.heapBytes] = 0
    stripe[WORKER_FIELDS.lagSeconds] = 0
    for (const { at } of this.#series) stripe[at + REQUEST_FIELDS.active] = 0
    for (const { at } of this.#policies) {
      for (const field of POLICY_STATES) stripe[at + field] = 0
    }
    for (const { at } of this.#connections) stripe[at + CONNECTION_FIELDS.open] = 0
    for (const { at } of this.#targets) stripe[at + TARGET_FIELDS.open] = 0
  }

  #describe(spec: ProgramSpec): {
    plan: MetricsPlan
    series: Series[]
    connections: ConnectionSeries[]
    targets: TargetSeries[]
  } {
    const series: Series[] = []
    const targets: TargetSeries[] = []
    const addTarget = (scope: TargetSeries['scope'], labels: Labels): number => {
      const at = this.memory.place(targetName(labels), TARGET_GROUP)
      if (at >= 0) targets.push({ scope, labels, at })
      return at
    }
    const add = (scope: Scope, labels: Labels): number => {
      const at = this.memory.place(nameOf(scope, labels), REQUEST_GROUP)
      if (at >= 0) series.push({ scope, labels, at })
      return at
    }
    const connections: ConnectionSeries[] = []
    const names = listenerNames(spec.listen)
    const places = names.map((listener, index) => {
      const at = this.memory.place(`connections ${listener}`, CONNECTION_GROUP)
      const isTcp = spec.kind === 'lb' && spec.listen[index]?.service.protocol === 'tcp'
      if (at >= 0) connections.push({ labels: { listener }, at, isTcp })
      return at
    })
    if (spec.kind !== 'lb') {
      const counted = spec.records?.listeners ?? []
      const listeners = names.map((listener, index) =>
        counted.includes(index) ? add('listener', { listener }) : -1,
      )
      const plan = { ...NO_PLAN, listeners, connections: places }
      return { plan, series, connections, targets }
    }
    const plan: MetricsPlan = {
      listeners: spec.listen.map(({ name }) => add('listener', { listener: name })),
      routes: spec.listen.map(({ name, service }) => {
        const routes = service.protocol === 'http' ? service.routes : []
        return routes.map((route) => add('route', { listener: name, route: route.name }))
      }),
      upstreams: spec.upstreams.map(({ name }) => add('upstream', { upstream: name })),
      connections: places,
      policies: spec.upstreams.map(({ name }) =>
        this.memory.place(`policies ${name}`, POLICY_GROUP),
      ),
      endpoints: spec.upstreams.map(({ name, endpoints }) =>
        endpoints.map((one) => add('endpoint', { upstream: name, endpoint: formatAddress(one) })),
      ),
      targets: spec.upstreams.map(({ name, endpoints }) => ({
        upstream: addTarget('upstream', { upstream: name }),
        endpoints: endpoints.map((one) =>
          addTarget('endpoint', { upstream: name, endpoint: formatAddress(one) }),
        ),
      })),
    }
    return { plan, series, connections, targets }
  }
}

function nameOf(scope: Scope, labels: Labels): string {
  return `${scope} ${JSON.stringify(labels)}`
}

function targetName(labels: Labels): string {
  return `target ${JSON.stringify(labels)}`
}

function groupsOf(names: readonly string[], label: string, places: readonly number[]): Group[] {
  return names
    .map((name, index) => ({ labels: { [label]: name }, at: places[index] ?? -1 }))
    .filter(({ at }) => at >= 0)
}
