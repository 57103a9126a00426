import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { patience } from '../../support/patience.ts'
import { skipIfSanitized } from '../../support/sanitized.ts'

/** Physical memory of a process in bytes: as much as it has now. */
export function residentBytes(pid: number | undefined): number {
  return statusKb(pid, 'VmRSS') * 1024
}

/** The most physical memory that a process ever had, in bytes. */
export function peakResidentBytes(pid: number | undefined): number {
  return statusKb(pid, 'VmHWM') * 1024
}

/** Fails when memory has grown by more than `limit` bytes, where that can be told. */
export function checkGrowth(context: TestContext, growth: number, limit: number): void {
  if (skipIfSanitized !== false) context.diagnostic(`memory: ${skipIfSanitized}`)
  else assert.ok(growth < limit, `grew by ${growth >> 20} MB`)
}

/** Number of open descriptors of a process. */
export function openFiles(pid: number | undefined): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

/** Processor time that a process has used so far, in hundredths of a second. */
export function processorTicks(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

/** Resolves when `isTrue` holds; asks again and again, because nothing tells of the change. */
export async function eventually(isTrue: () => boolean, what: () => string): Promise<void> {
  const deadline = performance.now() + patience(60_000)
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`never so: ${what()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function statusKb(pid: number | undefined, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1])
}
