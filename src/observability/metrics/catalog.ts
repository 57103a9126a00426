/** What documents and scrapers are told of a metric. */
export interface MetricFacts {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
}

/** What requests are counted by. */
export type Scope = 'listener' | 'route' | 'upstream' | 'endpoint'

/** Labels of each scope. */
export const SCOPE_LABELS: Readonly<Record<Scope, readonly string[]>> = {
  listener: ['listener'],
  route: ['listener', 'route'],
  upstream: ['upstream'],
  endpoint: ['upstream', 'endpoint'],
}

/** Durations end with the response where clients are served, and with its head where upstreams are. */
const DURATIONS: Readonly<Record<Scope, string>> = {
  listener: 'From the head of a request to the end of its response.',
  route: 'From the head of a request to the end of its response.',
  upstream: 'From the head of a request to the head of its response.',
  endpoint: 'From the head of a request to the head of its response.',
}

/** Metrics of the requests of one scope; `requestMetric` has their names. */
export const REQUEST_METRICS = [
  {
    suffix: 'requests_total',
    type: 'counter',
    help: 'Requests by the class of their status; none for those without one.',
    label: 'code',
  },
  {
    suffix: 'failed_requests_total',
    type: 'counter',
    help: 'Requests without an answer of an upstream, or without all of one.',
  },
  {
    suffix: 'abandoned_requests_total',
    type: 'counter',
    help: 'Requests whose client went before the response was complete.',
  },
  {
    suffix: 'refused_requests_total',
    type: 'counter',
    help: 'Requests answered by a policy instead of an upstream: rate_limit (429), access (403); of listeners also invalid (malformed, too large or too slow) and connections (503).',
    label: 'reason',
    scopes: ['listener', 'route'],
  },
  { suffix: 'request_body_bytes_total', type: 'counter', help: 'Bytes of request bodies.' },
  { suffix: 'response_body_bytes_total', type: 'counter', help: 'Bytes of response bodies.' },
  { suffix: 'retries_total', type: 'counter', help: 'Attempts beyond the first of each request.' },
  { suffix: 'duration_seconds', type: 'histogram', help: '' },
] as const

/** The metrics that requests of one scope have. */
export function requestMetricsOf(scope: Scope): (typeof REQUEST_METRICS)[number][] {
  return REQUEST_METRICS.filter((metric) => {
    return !('scopes' in metric) || metric.scopes.some((one) => one === scope)
  })
}

/** A metric of requests in one scope. */
export function requestMetric(
  scope: Scope,
  { suffix, type, help, ...rest }: (typeof REQUEST_METRICS)[number],
): MetricFacts {
  const labels = 'label' in rest ? [...SCOPE_LABELS[scope], rest.label] : SCOPE_LABELS[scope]
  return { name: `sluice_${scope}_${suffix}`, type, help: help || DURATIONS[scope], labels }
}

/** Metrics of the process and of what is in progress. */
export const PROCESS_METRICS = {
  uptime: gauge('sluice_uptime_seconds', 'Since the start of the process.'),
  cpu: counter('sluice_process_cpu_seconds_total', 'CPU time of the whole process.'),
  memory: gauge('sluice_process_resident_memory_bytes', 'Memory of the whole process.'),
  workers: gauge('sluice_workers', 'Worker threads by state.', 'state'),
  deaths: counter('sluice_worker_deaths_total', 'Threads that have died.', 'worker'),
  up: gauge(
    'sluice_endpoint_up',
    '1 for endpoints that may get requests: enabled, not found unhealthy, not ejected.',
    'upstream',
    'endpoint',
  ),
  weight: gauge('sluice_endpoint_weight', 'Weight in force.', 'upstream', 'endpoint'),
  ejections: counter(
    'sluice_endpoint_ejections_total',
    'How often the endpoint was left out for a while after failures.',
    'upstream',
    'endpoint',
  ),
  maxConnections: gauge(
    'sluice_endpoint_max_connections',
    'Connections that the endpoint may have, of all workers; of those with maxConnections.',
    'upstream',
    'endpoint',
  ),
  active: gauge('sluice_listener_active_requests', 'Requests in progress.', 'listener'),
  spansSent: counter('sluice_trace_spans_sent_total', 'Spans that the collector has taken.'),
  spansDropped: counter(
    'sluice_trace_spans_dropped_total',
    'Spans that were dropped: queue (more than can be sent), collector (it was away, or refused them).',
    'reason',
  ),
} as const

/** Metrics of the policies of upstreams. */
export const POLICY_METRICS = {
  active: gauge(
    'sluice_upstream_circuit_active_requests',
    'Requests in progress that count for the limits of the circuit.',
    'upstream',
  ),
  refused: counter(
    'sluice_upstream_circuit_refused_requests_total',
    'Requests refused by the circuit: limit (too many in progress or waiting), overload (the worker is late), timeout (waited too long for a connection). Of TCP, connections.',
    'upstream',
    'reason',
  ),
  retries: counter(
    'sluice_upstream_refused_retries_total',
    'Retries that the budget or the circuit did not allow.',
    'upstream',
  ),
  budget: gauge(
    'sluice_upstream_retry_budget',
    'Retries and hedges that the budget would allow at once, of all workers and routes; of upstreams that have one.',
    'upstream',
  ),
  hedges: counter(
    'sluice_upstream_hedges_total',
    'Second attempts of requests whose first was slow.',
    'upstream',
  ),
  hedgesWon: counter(
    'sluice_upstream_hedges_won_total',
    'Second attempts that answered first.',
    'upstream',
  ),
} as const

/** Metrics of the connections of listeners. */
export const CONNECTION_METRICS = {
  accepted: counter('sluice_listener_connections_total', 'Accepted connections.', 'listener'),
  open: gauge('sluice_listener_open_connections', 'Open connections.', 'listener'),
  duration: {
    name: 'sluice_listener_connection_duration_seconds',
    type: 'histogram',
    help: 'How long connections that have ended were open.',
    labels: ['listener'],
  },
  received: counter(
    'sluice_listener_tcp_received_bytes_total',
    'Bytes from clients of listeners that are not HTTP.',
    'listener',
  ),
  sent: counter(
    'sluice_listener_tcp_sent_bytes_total',
    'Bytes to clients of listeners that are not HTTP.',
    'listener',
  ),
} as const

/** Metrics of the connections to upstreams or endpoints. */
export const TARGET_METRICS = [
  {
    suffix: 'connections_total',
    type: 'counter',
    help: 'Connections that were begun.',
    field: 'total',
  },
  {
    suffix: 'open_connections',
    type: 'gauge',
    help: 'Connections that are open or being opened, with those kept for the next request.',
    field: 'open',
  },
  {
    suffix: 'failed_connections_total',
    type: 'counter',
    help: 'Connections that were refused or took too long to establish.',
    field: 'failed',
  },
  {
    suffix: 'tcp_received_bytes_total',
    type: 'counter',
    help: 'Bytes from endpoints, of listeners that are not HTTP.',
    field: 'received',
  },
  {
    suffix: 'tcp_sent_bytes_total',
    type: 'counter',
    help: 'Bytes to endpoints, of listeners that are not HTTP.',
    field: 'sent',
  },
] as const

/** A metric of connections to upstreams or endpoints. */
export function targetMetric(
  scope: 'upstream' | 'endpoint',
  { suffix, type, help }: (typeof TARGET_METRICS)[number],
): MetricFacts {
  return { name: `sluice_${scope}_${suffix}`, type, help, labels: SCOPE_LABELS[scope] }
}

/** Metrics of one worker. */
export const WORKER_METRICS = {
  cpuSeconds: counter('sluice_worker_cpu_seconds_total', 'CPU time of the thread.', 'worker'),
  heapBytes: gauge('sluice_worker_heap_bytes', 'JavaScript heap in use.', 'worker'),
  lagSeconds: gauge(
    'sluice_worker_lag_seconds',
    'How late a timer was: how long work waits for its turn.',
    'worker',
  ),
  droppedLines: counter(
    'sluice_worker_dropped_log_lines_total',
    'Lines of the access log that its file did not take in time.',
    'worker',
  ),
} as const

function counter(name: string, help: string, ...labels: string[]): MetricFacts {
  return { name, type: 'counter', help, labels }
}

function gauge(name: string, help: string, ...labels: string[]): MetricFacts {
  return { name, type: 'gauge', help, labels }
}
