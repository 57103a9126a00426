import { performance } from 'node:perf_hooks'
import type {
  FlowCall,
  FlowMessage,
  FlowReport,
  MessageToWorker,
  TappedEvent,
  TapSpec,
  WatchScope,
} from '../worker/messages.ts'

/** What all workers saw of one pipeline in an interval. */
export interface PipelineFlow {
  readonly module: number
  readonly index: number
  active: number
  /** Requests in progress at the end of the interval, where there are `answers`. */
  waiting: number
  /** `EDGE_FIELDS` sums for each edge. */
  readonly counts: number[]
  /** Milliseconds that each filter took. */
  readonly times: number[]
  /** By who has started its sessions. */
  readonly calls: FlowCall[]
  /** What requests of a listener did, as `REQUEST_FIELDS`, where nobody else counts them. */
  answers: Float64Array | null
}

export interface Flow {
  /** Length of the interval. */
  readonly seconds: number
  /** One in so many sessions was looked at, on the worker that saw the most. */
  readonly sampled: number
  readonly pipelines: readonly PipelineFlow[]
  /** The `answers` of all pipelines, by worker. */
  readonly workers: ReadonlyMap<number, Float64Array>
}

/** Where a tap is to be and how much it may see. */
export type TapPlace = Omit<TapSpec, 'id'>

/** Is given what a tap sees; `isLast` with the last of it, which may be nothing. */
export type TapListener = (worker: number, events: readonly TappedEvent[], isLast: boolean) => void

interface WorkerReport {
  readonly worker: number
  readonly report: FlowReport
}

interface OpenTap {
  readonly spec: TapSpec
  readonly listener: TapListener
  left: number
}

/** A worker to talk to. */
interface Watchable {
  readonly slot: number
  post(message: MessageToWorker): void
}

/** Has the workers look at the sessions of the program while somebody wants to know of them. */
export class FlowMonitor {
  readonly #workers: () => Iterable<Watchable>
  readonly #taps = new Map<number, OpenTap>()
  /** What each watcher has not read yet. */
  readonly #watchers = new Map<WorkerReport[], WatchScope>()
  #lastTap = 0

  constructor(workers: () => Iterable<Watchable>) {
    this.#workers = workers
  }

  /**
   * Begins to watch all, or only how requests of scripts are answered, which costs the workers far less;
   * `read` gives what was seen since it was called last.
   */
  watch(wanted: 'requests' | 'all'): { read(): Flow; stop(): void } {
    const reports: WorkerReport[] = []
    this.#change(() => this.#watchers.set(reports, wanted))
    let before = performance.now()
    return {
      read: () => {
        const now = performance.now()
        const seconds = Math.max((now - before) / 1000, 1e-3)
        before = now
        return addUp(reports.splice(0), seconds)
      },
      stop: () => {
        this.#change(() => this.#watchers.delete(reports))
      },
    }
  }

  /** Opens a tap and returns its number. */
  tap(place: TapPlace, listener: TapListener): number {
    const id = ++this.#lastTap
    this.#taps.set(id, { spec: { ...place, id }, listener, left: place.count })
    this.#tellAll()
    return id
  }

  untap(id: number): void {
    const tap = this.#taps.get(id)
    if (tap === undefined) return
    this.#taps.delete(id)
    tap.listener(0, [], true)
    this.#tellAll()
  }

  /** The taps were those of another program. */
  programChanged(): void {
    for (const id of [...this.#taps.keys()]) this.untap(id)
    for (const reports of this.#watchers.keys()) reports.length = 0
  }

  /** Workers have come or gone; new ones know nothing yet. */
  workersChanged(): void {
    if (this.#watchers.size > 0 || this.#taps.size > 0) this.#tellAll()
  }

  receive(worker: number, message: FlowMessage): void {
    if (message.type === 'tapped') this.#tapped(worker, message.id, message.events)
    else
      for (const reports of this.#watchers.keys()) reports.push({ worker, report: message.report })
  }

  #tapped(worker: number, id: number, events: readonly TappedEvent[]): void {
    const tap = this.#taps.get(id)
    if (tap === undefined) return
    const taken = events.slice(0, tap.left)
    tap.left -= taken.length
    if (tap.left === 0) {
      this.#taps.delete(id)
      this.#tellAll()
    }
    tap.listener(worker, taken, tap.left === 0)
  }

  /** Tells the workers if those who watch want more or less afterwards. */
  #change(act: () => void): void {
    const before = this.#wanted
    act()
    if (this.#wanted !== before) this.#tellAll()
  }

  get #wanted(): WatchScope {
    const all = [...this.#watchers.values()]
    return all.includes('all') ? 'all' : (all[0] ?? 'nothing')
  }

  #tellAll(): void {
    const wish = this.#wish()
    for (const worker of this.#workers()) worker.post(wish)
  }

  #wish(): MessageToWorker {
    const taps = [...this.#taps.values()].map(({ spec }) => spec)
    return { type: 'watch', wanted: this.#wanted, taps }
  }
}

function addUp(reports: readonly { worker: number; report: FlowReport }[], seconds: number): Flow {
  const sums = new Map<string, PipelineFlow>()
  const workers = new Map<number, Float64Array>()
  // Of several reports of a worker, the last one tells how many there are of what comes and goes.
  const last = new Map(reports.map(({ worker, report }) => [worker, report]))
  for (const { worker, report } of reports) {
    for (const { module, index, counts, times, calls, answers } of report.pipelines) {
      const key = `${module} ${index}`
      const sum = sums.get(key) ?? emptyFlow(module, index)
      sums.set(key, sum)
      addTo(sum.counts, counts)
      addTo(sum.times, times)
      for (const call of calls) addCall(sum.calls, call)
      if (answers === null) continue
      sum.answers = addUpGroups(sum.answers, answers)
      workers.set(worker, addUpGroups(workers.get(worker) ?? null, answers))
    }
  }
  for (const { pipelines } of last.values()) {
    for (const { module, index, active, waiting } of pipelines) {
      const sum = sums.get(`${module} ${index}`)
      if (sum === undefined) continue
      sum.active += active
      sum.waiting += waiting
    }
  }
  const sampled = Math.max(1, ...reports.map(({ report }) => report.sampled))
  return { seconds, sampled, pipelines: [...sums.values()], workers }
}

function emptyFlow(module: number, index: number): PipelineFlow {
  return { module, index, active: 0, waiting: 0, counts: [], times: [], calls: [], answers: null }
}

function addUpGroups(sum: Float64Array | null, more: Float64Array): Float64Array {
  return sum === null ? more : sum.map((value, index) => value + (more[index] ?? 0))
}

function addCall(sums: FlowCall[], more: FlowCall): void {
  const { module, pipeline, filter, into, back } = more
  const sum = sums.find((one) => {
    return one.filter === filter && one.pipeline === pipeline && one.module === module
  })
  // Another watcher has the same report.
  if (sum === undefined) return void sums.push({ ...more, into: [...into], back: [...back] })
  addTo(sum.into, into)
  addTo(sum.back, back)
}

function addTo(sums: number[], more: readonly number[]): void {
  for (const [index, value] of more.entries()) sums[index] = (sums[index] ?? 0) + value
}
