import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { BenchError } from '../bench-error.ts'

/** Who runs where: the proxy has one processor to itself, load generator and upstream share the other. */
export interface CpuPlan {
  readonly proxy: string
  readonly load: string
  /** Both, for measurements that do not pin (start-up time). */
  readonly all: string
}

/** Takes the first two processors that this process may use. */
export function planCpus(): CpuPlan {
  const status = readFileSync('/proc/self/status', 'utf8')
  const cpus = parseCpuList(/^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1] ?? '')
  const [proxy, load] = cpus
  if (proxy === undefined || load === undefined) {
    throw new BenchError('the benchmark needs two processors: one for the proxy, one for the load')
  }
  return { proxy: String(proxy), load: String(load), all: cpus.join(',') }
}

/** Expands the kernel's list format: `0-2,5` is 0, 1, 2 and 5. */
export function parseCpuList(text: string): number[] {
  return text
    .split(',')
    .filter((part) => part.trim() !== '')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, index) => first + index)
    })
}

/** Moves the benchmark itself, all its threads included, to the given processors. */
export function pinSelf(cpus: string): void {
  execFileSync('taskset', ['-apc', cpus, String(process.pid)], { stdio: 'ignore' })
}
