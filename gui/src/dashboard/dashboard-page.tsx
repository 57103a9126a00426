import './dashboard.css'
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import type { GuiStats } from '../../../src/admin/gui/contract.ts'
import { LogPanel } from '../log/log-panel.tsx'
import { isRunning } from '../state/program.ts'
import { history } from '../state/stats.ts'
import { Split } from '../ui/split.tsx'
import { EndpointTable } from './endpoint-table.tsx'
import { LatencySection } from './latency-section.tsx'
import { Tiles } from './tiles.tsx'
import { TimeChart } from './time-chart.tsx'
import { chartsOf, VIEWS, type ViewName } from './views.ts'
import { WorkerCount } from './worker-count.tsx'
import { WorkerTable } from './worker-table.tsx'

const view = signal<ViewName>('all')

/** What the running program does: numbers over time, endpoints, workers, and the log. */
export function DashboardPage(): JSX.Element {
  const latest = history.value.at(-1)
  return (
    <Split name="log" direction="rows" sized="second" initialSize={190}>
      {latest === undefined ? (
        <p class="placeholder">
          {isRunning.value ? 'Waiting for the first second…' : 'No program is running.'}
        </p>
      ) : (
        <Dashboard latest={latest} />
      )}
      <LogPanel />
    </Split>
  )
}

function Dashboard({ latest }: { latest: GuiStats }): JSX.Element {
  return (
    <div class="dashboard">
      <Tiles stats={latest} />
      <ViewSwitch />
      <div class="charts">
        {chartsOf(view.value, latest).map((spec) => (
          <TimeChart key={`${view.value} ${spec.title}`} spec={spec} />
        ))}
      </div>
      <LatencySection latest={latest} />
      <section class="card">
        <div class="panel-head">
          <h2>Workers</h2>
          <WorkerCount />
        </div>
        <WorkerTable workers={latest.workers} />
      </section>
      {latest.endpoints.length > 0 && (
        <section class="card">
          <div class="panel-head">
            <h2>Endpoints</h2>
          </div>
          <EndpointTable endpoints={latest.endpoints} />
        </section>
      )}
    </div>
  )
}

function ViewSwitch(): JSX.Element {
  return (
    <fieldset class="views" aria-label="Charts by">
      {VIEWS.map((name) => (
        <button
          key={name}
          type="button"
          class="button"
          aria-pressed={view.value === name}
          onClick={() => {
            view.value = name
          }}
        >
          {name === 'all' ? 'All' : `By ${name.slice(0, -1)}`}
        </button>
      ))}
    </fieldset>
  )
}
