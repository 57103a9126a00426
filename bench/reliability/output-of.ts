import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** All that a process says through the pipes that it has; resolves when it has ended. */
export async function outputOf(child: ChildProcess): Promise<string> {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  await once(child, 'close')
  return output
}
