import type { MessageStart } from '../../engine/event.ts'
import { HttpWireHead } from './wire-head.ts'

type Headers = Record<string, unknown>

/** The key of a lower-case name: heads from the wire have such, scripts write as they like. */
export function nameIn(headers: Headers, name: string): string {
  if (name in headers) return name
  return Object.keys(headers).find((key) => key.toLowerCase() === name) ?? name
}

/** All values of a key, of which `headers` show only the last when they came from the wire. */
export function valuesOf(start: MessageStart, headers: Headers, key: string): unknown[] {
  const value = headers[key]
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  const { wire } = start
  if (!(wire instanceof HttpWireHead)) return [value]
  const name = key.toLowerCase()
  const values = received(wire, name)
  const isSame = values[values.length - 1] === value
  return wire.keepsLines(headers, name, isSame) ? values : [value]
}

/** The first field of a lower-case name; read where it lies if nobody has touched the head. */
export function fieldOf(start: MessageStart, name: string): string | undefined {
  const { wire } = start
  if (wire instanceof HttpWireHead && !wire.isChanged()) return wire.field(name)
  return fieldsOf(start, name)[0]
}

/** All fields of a lower-case name. */
export function fieldsOf(start: MessageStart, name: string): string[] {
  const { wire } = start
  if (wire instanceof HttpWireHead && !wire.isChanged()) {
    return wire.field(name) === undefined ? [] : received(wire, name)
  }
  const headers = (start.head as { headers?: unknown } | null)?.headers
  if (typeof headers !== 'object' || headers === null) return []
  return valuesOf(start, headers as Headers, nameIn(headers as Headers, name)).map(String)
}

function received(wire: HttpWireHead, name: string): string[] {
  return [...wire.lines()].filter(([one]) => one === name).map(([, value]) => value)
}
