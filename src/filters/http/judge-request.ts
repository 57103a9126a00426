import { judgeRequest, reasonText } from '../../native/addon.ts'
import { decodeValue } from './header-lines.ts'

const LONGEST_SHOWN = 80

/**
 * Throws a TypeError on a request head that no client could have sent: what scripts and configs have
 * written must not be read by the next hop as something else.
 */
export function checkRequestText(head: string): void {
  const fault = judgeRequest(head)
  if (fault === 0) return
  const line = decodeValue(head.split('\r\n')[fault >> 8] ?? '')
  const shown = line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)}…` : line
  throw new TypeError(`invalid request head: ${reasonText(fault & 0xff)}: ${JSON.stringify(shown)}`)
}
