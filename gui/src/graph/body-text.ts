const BYTES_OF_LINE = 16

/** Bytes of a tap, which travel in base64. */
export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/** Bytes as UTF-8; what is not is shown as the replacement character. */
export function textOf(data: Uint8Array): string {
  return new TextDecoder().decode(data)
}

/** Bytes as a hex dump: offset, numbers, and what can be printed of them. */
export function hexOf(data: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < data.length; at += BYTES_OF_LINE) {
    const line = [...data.subarray(at, at + BYTES_OF_LINE)]
    const numbers = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = line.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.'))
    const offset = at.toString(16).padStart(4, '0')
    lines.push(`${offset}  ${numbers.padEnd(BYTES_OF_LINE * 3)} ${text.join('')}`)
  }
  return lines.join('\n')
}

/** Whether bytes are meant to be read: UTF-8 without control characters. */
export function isText(data: Uint8Array): boolean {
  try {
    // What was cut off may end within a character: that is no reason.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(data, { stream: true })
    return ![...text].some((character) => character < ' ' && !'\t\r\n'.includes(character))
  } catch {
    return false
  }
}
