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

/** How many numbers a group has, and which of them tell how things are. */
interface GroupKind {
  readonly size: number
  readonly gauges: readonly number[]
}

const REQUESTS: GroupKind = { size: REQUEST_GROUP, gauges: [REQUEST_FIELDS.active] }
const CONNECTIONS: GroupKind = { size: CONNECTION_GROUP, gauges: [CONNECTION_FIELDS.open] }
const TARGETS: GroupKind = { size: TARGET_GROUP, gauges: [TARGET_FIELDS.open] }
const POLICIES: GroupKind = { size: POLICY_GROUP, gauges: POLICY_STATES }

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
  /** All groups of the present program, by name. */
  #groups: ReadonlyMap<string, GroupKind> = new Map()

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
    const { plan, groups, series, connections, targets } = this.#describe(spec)
    // Endpoints come and go with the addresses of a name.
    for (const [name, { size }] of this.#groups)
      if (!groups.has(name)) this.memory.release(name, size)
    this.#groups = groups
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
    this.memory.workerEnded(slot)
  }

  #describe(spec: ProgramSpec): {
    plan: MetricsPlan
    groups: Map<string, GroupKind>
    series: Series[]
    connections: ConnectionSeries[]
    targets: TargetSeries[]
  } {
    const groups = new Map<string, GroupKind>()
    const series: Series[] = []
    const targets: TargetSeries[] = []
    const place = (name: string, kind: GroupKind): number => {
      groups.set(name, kind)
      return this.memory.place(name, kind.size, kind.gauges)
    }
    const addTarget = (scope: TargetSeries['scope'], labels: Labels): number => {
      const at = place(`target ${JSON.stringify(labels)}`, TARGETS)
      if (at >= 0) targets.push({ scope, labels, at })
      return at
    }
    const add = (scope: Scope, labels: Labels): number => {
      const at = place(`${scope} ${JSON.stringify(labels)}`, REQUESTS)
      if (at >= 0) series.push({ scope, labels, at })
      return at
    }
    const connections: ConnectionSeries[] = []
    const names = listenerNames(spec.listen)
    const places = names.map((listener, index) => {
      const at = place(`connections ${listener}`, CONNECTIONS)
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
      return { plan, groups, series, connections, targets }
    }
    const plan: MetricsPlan = {
      listeners: spec.listen.map(({ name }) => add('listener', { listener: name })),
      routes: spec.listen.map(({ name, service }) => {
        const routes = service.protocol === 'http' ? service.routes : []
        return routes.map((route) => add('route', { listener: name, route: route.name }))
      }),
      upstreams: spec.upstreams.map(({ name }) => add('upstream', { upstream: name })),
      connections: places,
      policies: spec.upstreams.map(({ name }) => place(`policies ${name}`, POLICIES)),
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
    return { plan, groups, series, connections, targets }
  }
}

function groupsOf(names: readonly string[], label: string, places: readonly number[]): Group[] {
  return names
    .map((name, index) => ({ labels: { [label]: name }, at: places[index] ?? -1 }))
    .filter(({ at }) => at >= 0)
}
