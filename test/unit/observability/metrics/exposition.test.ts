import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type MetricFamily,
  renderExposition,
} from '../../../../src/observability/metrics/exposition.ts'
import { parsePrometheus } from '../../../support/prometheus.ts'

test('a parser reads counters, gauges and histograms back', () => {
  const families: MetricFamily[] = [
    {
      name: 'sluice_things_total',
      type: 'counter',
      help: 'Things.',
      samples: [
        { labels: {}, value: 3 },
        { labels: { color: 'red', size: 'l' }, value: 1.5 },
      ],
    },
    { name: 'sluice_level', type: 'gauge', help: 'Level.', samples: [{ labels: {}, value: -1 }] },
    {
      name: 'sluice_time_seconds',
      type: 'histogram',
      help: 'Time.',
      samples: [
        { suffix: '_bucket', labels: { le: '0.1' }, value: 1 },
        { suffix: '_bucket', labels: { le: '+Inf' }, value: 2 },
        { suffix: '_sum', labels: {}, value: 0.75 },
        { suffix: '_count', labels: {}, value: 2 },
      ],
    },
  ]
  const [things, level, time] = parsePrometheus(renderExposition(families))
  assert.deepEqual(things, {
    name: 'sluice_things',
    type: 'counter',
    help: 'Things.',
    samples: [
      { name: 'sluice_things_total', labels: {}, value: 3 },
      { name: 'sluice_things_total', labels: { color: 'red', size: 'l' }, value: 1.5 },
    ],
  })
  assert.deepEqual(level?.samples, [{ name: 'sluice_level', labels: {}, value: -1 }])
  assert.equal(time?.type, 'histogram')
  assert.deepEqual(time?.samples, [
    { name: 'sluice_time_seconds_bucket', labels: { le: '0.1' }, value: 1 },
    { name: 'sluice_time_seconds_bucket', labels: { le: '+Inf' }, value: 2 },
    { name: 'sluice_time_seconds_sum', labels: {}, value: 0.75 },
    { name: 'sluice_time_seconds_count', labels: {}, value: 2 },
  ])
})

test('label values and help are escaped', () => {
  const value = 'a"b\\c\nd'
  const text = renderExposition([
    {
      name: 'x',
      type: 'gauge',
      help: 'one\\two\nthree',
      samples: [{ labels: { l: value }, value: 1 }],
    },
  ])
  assert.equal(text.split('\n').length, 4)
  const [family] = parsePrometheus(text)
  assert.equal(family?.help, 'one\\two\nthree')
  assert.equal(family?.samples[0]?.labels.l, value)
})

test('a metric without samples is left out', () => {
  assert.equal(renderExposition([{ name: 'x', type: 'gauge', help: '', samples: [] }]), '\n')
})
