import assert from 'node:assert/strict'
import { type ParsedSample, parsePrometheus } from '../../support/prometheus.ts'
import type { RunningAdmin } from './start-admin.ts'

/** The metrics of a process, by name and labels. */
export class Scrape {
  readonly #samples: ParsedSample[]

  constructor(text: string) {
    this.#samples = parsePrometheus(text).flatMap(({ samples }) => samples)
  }

  /** The samples of a name whose labels are at least these. */
  find(name: string, labels: Readonly<Record<string, string>> = {}): ParsedSample[] {
    const found = this.#samples.filter((one) => one.name === name)
    assert.notEqual(found.length, 0, `no metric ${name}`)
    return found.filter((sample) =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )
  }

  /** Their sum. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.find(name, labels).reduce((sum, { value }) => sum + value, 0)
  }
}

/** Asks for the metrics of a process. */
export async function scrape({ call }: RunningAdmin): Promise<Scrape> {
  const { headers, text } = await call('GET', '/metrics')
  assert.equal(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  return new Scrape(text)
}

/** Scrapes until a condition holds: a client may have its answer a moment before it is counted. */
export async function scrapeUntil(
  admin: RunningAdmin,
  isTrue: (one: Scrape) => boolean,
): Promise<Scrape> {
  for (;;) {
    const found = await scrape(admin)
    if (isTrue(found)) return found
  }
}
