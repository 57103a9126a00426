/** Reads test/vectors/dubbo.md and writes events in its notation. The format is explained there. */
import { type DubboEvent, writeDubboHead } from './dubbo.ts'
import { escapeBytes, readSections, type VectorSection } from './vector-file.ts'

export interface DubboVector extends VectorSection {
  maxBodyBytes: number | undefined
  /** The stream ends after the input. */
  finish: boolean
}

export function readDubboVectors(): DubboVector[] {
  return readSections('dubbo').map((section) => {
    const limit = section.words.find((word) => word.startsWith('max-body='))
    return {
      ...section,
      maxBodyBytes: limit === undefined ? undefined : Number(limit.slice(9)),
      finish: section.words.includes('finish'),
    }
  })
}

export function formatDubboEvents(events: readonly DubboEvent[]): string {
  let log = ''
  let data = ''
  const flush = (): void => {
    if (data !== '') log += `data ${escapeBytes(data)}\n`
    data = ''
  }
  for (const event of events) {
    if (event.kind === 'data') {
      data += event.bytes
      continue
    }
    flush()
    if (event.kind === 'head') log += formatHead(event)
    else if (event.kind === 'end') log += 'end\n'
    else log += `error ${event.reason}\n`
  }
  flush()
  return log
}

function formatHead(head: DubboEvent & { kind: 'head' }): string {
  const { flags, status, id, length } = head
  const words = ['head']
  if ((flags & 0x80) !== 0) words.push('request')
  if ((flags & 0x40) !== 0) words.push('two-way')
  if ((flags & 0x20) !== 0) words.push('event')
  words.push(`serialization=${flags & 31}`, `status=${status}`, `id=${id}`, `length=${length}`)
  const written = writeDubboHead(flags, status, id, length).toString('latin1')
  return `${words.join(' ')}\n> ${escapeBytes(written)}\n`
}
