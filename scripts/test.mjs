/**
 * Runs the compiled tests with Node's own runner: all of them, or those whose path contains one of
 * the arguments (`npm test -- filters/limit`).
 */
import { availableParallelism } from 'node:os'
import { runTests, testFiles } from './run-tests.mjs'

// Integration tests start proxies with several threads each: half the processors keep them honest.
const CONCURRENCY = Math.max(2, availableParallelism() >> 1)

process.exit(runTests(testFiles(process.argv.slice(2)), CONCURRENCY))
