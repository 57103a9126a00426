import { watch } from 'chokidar'
import type { FlowMonitor } from '../../orchestrator/flow-monitor.ts'
import { type Stats, StatsReader } from '../../orchestrator/metrics/stats.ts'
import type { Orchestrator } from '../../orchestrator/orchestrator.ts'
import type { ProgramSpec } from '../../program/spec.ts'
import type { EventFeed } from '../event-streams.ts'
import { sendReading } from '../feeds.ts'
import type { FileChange, ProgramState } from './contract.ts'
import { ratesOf } from './flow-rates.ts'
import type { GuiControl } from './gui-control.ts'
import { idleStats } from './idle-stats.ts'
import { withScriptRequests } from './script-stats.ts'
import type { TapStore } from './tap-store.ts'

/** Whoever opens the dashboard sees numbers at once: the first interval is short. */
const FIRST_MS = 150
/** Workers come to life and die without anybody being told. */
const LOOK_MS = 1000

/** The kinds of events that only the UI has. */
export function guiFeeds(control: GuiControl, taps: TapStore): Readonly<Record<string, EventFeed>> {
  return {
    stats: statsFeed(control),
    program: programFeed(control),
    files: filesFeed(control),
    flow: flowFeed(control),
    tap: taps.feed,
  }
}

/** The numbers of whatever runs at the moment, every second. */
function statsFeed(control: GuiControl): EventFeed {
  let last: Stats | undefined
  return {
    first: () => last,
    start: (send) => {
      let orchestrator: Orchestrator | undefined
      let reader: StatsReader | undefined
      let watch: ReturnType<FlowMonitor['watch']> | undefined
      const follow = (): void => {
        const running = control.runner.orchestrator
        if (running !== orchestrator) {
          watch?.stop()
          watch = undefined
          orchestrator = running
          const metrics = running?.metrics
          reader = running && metrics ? new StatsReader(running, metrics) : undefined
          // What was before is no part of the first interval.
          void reader?.read()
        }
        if (running !== undefined && !isCounted(running.spec))
          watch ??= running.flow.watch('requests')
        else {
          watch?.stop()
          watch = undefined
        }
      }
      const tick = async (): Promise<void> => {
        follow()
        if (reader === undefined) {
          last = undefined
          return send(idleStats())
        }
        const flow = watch?.read()
        const counted = await reader.read()
        const reading =
          flow === undefined ? counted : await withScriptRequests(counted, flow, control.flow())
        last = reading.stats
        return sendReading(send, reading)
      }
      follow()
      const first = setTimeout(() => void tick(), FIRST_MS)
      const timer = setInterval(() => void tick(), LOOK_MS)
      return () => {
        clearTimeout(first)
        clearInterval(timer)
        watch?.stop()
        last = undefined
      }
    },
  }
}

function programFeed(control: GuiControl): EventFeed {
  return {
    first: () => control.state(),
    start: (send) => {
      let last = JSON.stringify(control.state())
      const look = (): void => {
        const state: ProgramState = control.state()
        const text = JSON.stringify(state)
        if (text === last) return
        last = text
        send(state)
      }
      const stop = control.runner.observe(look)
      const timer = setInterval(look, LOOK_MS)
      return () => {
        stop()
        clearInterval(timer)
      }
    },
  }
}

/** Whether requests are counted anyway: those of configs, and of scripts that record them. */
function isCounted(spec: ProgramSpec): boolean {
  return spec.kind === 'lb' || (spec.records?.listeners.length ?? 0) > 0
}

/** Has whatever runs at the moment watched. */
function flowFeed(control: GuiControl): EventFeed {
  return {
    start: (send) => {
      let monitor: FlowMonitor | undefined
      let watch: ReturnType<FlowMonitor['watch']> | undefined
      const follow = (): void => {
        const { orchestrator } = control.runner
        if (orchestrator?.flow === monitor) return
        watch?.stop()
        monitor = orchestrator?.flow
        watch = monitor?.watch('all')
      }
      follow()
      const stop = control.runner.observe(follow)
      const timer = setInterval(() => {
        const { generation } = control.runner
        if (watch !== undefined) send(ratesOf(watch.read(), control.flow(), generation))
      }, LOOK_MS)
      return () => {
        stop()
        clearInterval(timer)
        watch?.stop()
      }
    },
  }
}

const CHANGES: Readonly<Record<string, Pick<FileChange, 'type' | 'change'>>> = {
  add: { type: 'file', change: 'added' },
  change: { type: 'file', change: 'changed' },
  unlink: { type: 'file', change: 'removed' },
  addDir: { type: 'directory', change: 'added' },
  unlinkDir: { type: 'directory', change: 'removed' },
}

function filesFeed({ store }: GuiControl): EventFeed {
  return {
    start: (send) => {
      const watcher = watch(store.root, {
        ignoreInitial: true,
        followSymlinks: false,
        ignored: (file, stats) =>
          !store.contains(file) || (stats?.isSymbolicLink() === true && !store.isLinkToFile(file)),
      })
      watcher.on('all', (event, file) => {
        const path = store.pathOf(file)
        const what = CHANGES[event]
        if (path !== undefined && what !== undefined) send({ path, ...what })
      })
      // Too many folders, or one that we must not read: changes there are not told.
      watcher.on('error', () => {})
      return () => void watcher.close()
    },
  }
}
