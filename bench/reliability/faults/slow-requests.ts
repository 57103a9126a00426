import { type Fault, P99_BAR_MS } from '../fault.ts'
import { runSlowHttpTest } from './slowhttptest.ts'

const CONNECTIONS = ['-c', '1000', '-r', '500']

/** slowhttptest -H: heads that never end. */
export const slowHead: Fault = {
  name: 'slow-head',
  title: 'slowhttptest, slow heads (slowloris)',
  what: '1,000 connections of slowhttptest -H send another header line every two seconds; its probes and the good client are served.',
  proxy: 'balancer',
  p99BarMs: P99_BAR_MS,
  run: (stage, seconds) =>
    runSlowHttpTest(stage, seconds, ['-H', ...CONNECTIONS, '-i', '2', '-x', '24'], '/'),
}

/** slowhttptest -B: bodies that never end. */
export const slowBody: Fault = {
  name: 'slow-body',
  title: 'slowhttptest, slow bodies',
  what: '1,000 connections of slowhttptest -B send some bytes of a body every two seconds; its probes and the good client are served.',
  proxy: 'balancer',
  p99BarMs: P99_BAR_MS,
  run: (stage, seconds) =>
    runSlowHttpTest(
      stage,
      seconds,
      ['-B', ...CONNECTIONS, '-i', '2', '-s', '8192', '-x', '10'],
      '/upload',
    ),
}

/** slowhttptest -X: responses that are read a few bytes at a time. */
export const slowRead: Fault = {
  name: 'slow-read',
  title: 'slowhttptest, slow reading',
  what: '1,000 connections of slowhttptest -X ask for 1 MB and read 32 bytes every two seconds through a small window; its probes and the good client are served.',
  proxy: 'balancer',
  p99BarMs: P99_BAR_MS,
  run: (stage, seconds) =>
    runSlowHttpTest(
      stage,
      seconds,
      ['-X', ...CONNECTIONS, '-n', '2', '-w', '512', '-y', '1024', '-z', '32'],
      '/1m',
    ),
}
