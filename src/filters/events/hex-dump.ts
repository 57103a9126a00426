const BYTES_PER_ROW = 16
const RULE = '-'.repeat(68)

/** Bytes as rows of hexadecimal pairs and text, between two rules. */
export function hexDump(bytes: Uint8Array): string {
  const rows = [RULE]
  for (let at = 0; at < bytes.length; at += BYTES_PER_ROW) {
    let pairs = ''
    let text = ''
    for (const byte of bytes.subarray(at, at + BYTES_PER_ROW)) {
      pairs += `${byte.toString(16).toUpperCase().padStart(2, '0')} `
      text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '?'
    }
    rows.push(`${pairs.padEnd(BYTES_PER_ROW * 3)} | ${text}`)
  }
  rows.push(RULE)
  return rows.join('\n')
}
