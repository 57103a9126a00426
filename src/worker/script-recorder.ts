import { resolve } from 'node:path'
import type { Layout } from '../engine/layout.ts'
import type { AccessLogSpec, RequestObserver, RequestRecorder } from '../engine/request-observer.ts'
import type { Runtime } from '../engine/runtime.ts'
import { AccessLog } from '../filters/access-log/access-log.ts'
import type { LogNames } from '../filters/access-log/fields.ts'
import type { LogFiles } from './log-files.ts'

/** Who looks at the requests that a script records, on this worker. */
export class ScriptRecorder implements RequestRecorder {
  readonly #runtime: Runtime
  readonly #names: LogNames
  readonly #files: LogFiles
  readonly #metrics: RequestObserver | undefined
  /** By what is to be logged: pipelines that ask for the same share a log. */
  readonly #logs = new Map<string, AccessLog>()
  readonly #observers = new Map<Layout, readonly RequestObserver[]>()
  /** The files that the logs write to. */
  readonly paths = new Set<string>()

  /** `metrics` counts the requests, if somebody reads it. */
  constructor(
    runtime: Runtime,
    names: LogNames,
    files: LogFiles,
    metrics: RequestObserver | undefined,
  ) {
    this.#runtime = runtime
    this.#names = names
    this.#files = files
    this.#metrics = metrics
  }

  open(layout: Layout, log: AccessLogSpec | undefined): readonly RequestObserver[] {
    const observers: RequestObserver[] = []
    if (this.#metrics !== undefined) observers.push(this.#metrics)
    if (log !== undefined) observers.push(this.#openLog(log))
    this.#observers.set(layout, observers)
    return observers
  }

  observersOf(layout: Layout): readonly RequestObserver[] {
    return this.#observers.get(layout) ?? []
  }

  /** Who is told of what a pipeline refuses: the observers of all that it leads to. */
  observersBelow(start: Layout): readonly RequestObserver[] {
    const found = new Set<RequestObserver>()
    const seen = new Set<Layout>([start])
    // The set grows while it is gone through.
    for (const layout of seen) {
      for (const observer of this.observersOf(layout)) found.add(observer)
      for (const next of this.#targetsOf(layout)) seen.add(next)
    }
    return [...found]
  }

  #targetsOf({ module, stages }: Layout): Layout[] {
    const runtime = this.#runtime
    return stages.flatMap(({ targets = [], reference }) => {
      const found = targets.map((name) => runtime.findLayout(module, name))
      if (reference !== undefined) {
        const other = runtime.findModule(reference.module)
        found.push(runtime.findLayout(other, reference.pipeline))
      }
      return found.filter((one) => one !== undefined)
    })
  }

  #openLog(log: AccessLogSpec): AccessLog {
    const key = JSON.stringify(log)
    const known = this.#logs.get(key)
    if (known !== undefined) return known
    const path = resolve(this.#runtime.root, log.path)
    this.paths.add(path)
    const opened = new AccessLog(log, this.#names, (escaping) => this.#files.open(path, escaping))
    this.#logs.set(key, opened)
    return opened
  }
}
