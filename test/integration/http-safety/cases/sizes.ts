import { accepted, get, head, type RequestCase, refused } from '../request-case.ts'

/** More than there is room for. The limits are those of docs/limits.md. */
export const SIZE_CASES: readonly RequestCase[] = [
  accepted('9112 §3', 'a start line of 8 KB', target(8 * 1024 - 16)),
  refused('9112 §3', 'a start line over 8 KB', target(8 * 1024 - 15), 414),
  refused('9112 §3', 'a method over 8 KB', head(`${'G'.repeat(9000)} / HTTP/1.1`, 'Host: a'), 414),
  refused('9112 §3', 'a start line that does not end', `GET /${'a'.repeat(20_000)}`, 414),
  accepted('9110 §5.4', 'a head of 16 KB', headOf(16 * 1024)),
  refused('9110 §5.4', 'a head over 16 KB', headOf(16 * 1024 + 1), 431),
  refused(
    '9110 §5.4',
    'a head that does not end',
    `GET / HTTP/1.1\r\nHost: a\r\n${'X-A: 1\r\n'.repeat(3000)}`,
    431,
  ),
  refused(
    '9110 §5.4',
    'a field that does not end',
    `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(20_000)}`,
    431,
  ),
  accepted('9110 §5.4', '100 header lines', get(...lines(99))),
  refused('9110 §5.4', '101 header lines', get(...lines(100)), 431),
]

function target(size: number): string {
  return head(`GET /${'a'.repeat(size)} HTTP/1.1`, 'Host: a')
}

/** A request whose head has so many bytes. */
function headOf(size: number): string {
  const empty = get('X-A: ', 'X-B: ').length
  return get(`X-A: ${'a'.repeat(8000)}`, `X-B: ${'b'.repeat(size - empty - 8000)}`)
}

function lines(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `X-${index}: ${index}`)
}
