import { constants } from 'node:os'

const { EMFILE, ENFILE, ENOMEM, ENOBUFS } = constants.errno

/** What a shortage is called in messages, and what helps; by positive errno. */
const SHORTAGES: ReadonlyMap<number, string> = new Map([
  [EMFILE, 'no file descriptor left (EMFILE): raise the limit of open files, ulimit -n'],
  [ENFILE, 'no file descriptor left in the system (ENFILE): raise fs.file-max'],
  [ENOMEM, 'no memory left (ENOMEM)'],
  [ENOBUFS, 'no memory left for sockets (ENOBUFS)'],
])

/** Whether an errno means that this process or system has run out, whoever the peer is. */
export function isShortage(errno: number): boolean {
  return SHORTAGES.has(errno)
}

/** Says in words what is short. */
export function describeShortage(errno: number): string {
  return SHORTAGES.get(errno) ?? `errno ${errno}`
}
