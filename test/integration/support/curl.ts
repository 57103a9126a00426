import { execFile } from 'node:child_process'

/** What curl printed and how it ended. */
export interface CurlResult {
  status: number
  stdout: string
  stderr: string
}

/** Runs curl, silent but for errors. */
export function curl(...args: string[]): Promise<CurlResult> {
  return new Promise((resolve) => {
    execFile(
      'curl',
      ['-sS', '--max-time', '60', ...args],
      { encoding: 'latin1', maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
      },
    )
  })
}
