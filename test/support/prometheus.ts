import { execFileSync } from 'node:child_process'

/** One number of a metric, as Prometheus' own client library reads it. */
export interface ParsedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface ParsedFamily {
  /** Without `_total`. */
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly ParsedSample[]
}

/** Debian's interpreter: the one that has Debian's package python3-prometheus-client. */
const PYTHON = '/usr/bin/python3'
const PROGRAM = `import json, sys
from prometheus_client.parser import text_string_to_metric_families as parse
print(json.dumps([{
  "name": family.name, "type": family.type, "help": family.documentation,
  "samples": [{"name": s.name, "labels": s.labels, "value": s.value} for s in family.samples]
} for family in parse(sys.stdin.read())]))`

/** Parses the text format of Prometheus; throws when it is not that. */
export function parsePrometheus(text: string): ParsedFamily[] {
  return JSON.parse(execFileSync(PYTHON, ['-c', PROGRAM], { input: text, encoding: 'utf8' }))
}
