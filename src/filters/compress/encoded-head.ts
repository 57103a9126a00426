import type { MessageStart } from '../../engine/event.ts'
import { fieldOf, fieldsOf } from '../http/head-fields.ts'
import { HeadEditor } from '../http/header-changes.ts'
import type { Encoding } from './accepted-encoding.ts'

const VARY = 'Accept-Encoding'
const addVary = new HeadEditor({ add: { vary: VARY } })

/** RFC 9110 §12.5.5: tells caches that another client may get other bytes. */
export function tellVariance(start: MessageStart): void {
  const isTold = fieldsOf(start, 'vary')
    .flatMap((value) => value.split(','))
    .some((name) => ['*', VARY.toLowerCase()].includes(name.trim().toLowerCase()))
  if (!isTold) addVary.edit(start)
}

/** Makes a head that of the same response, encoded. */
export function tellEncoding(start: MessageStart, encoding: Encoding): void {
  tellVariance(start)
  const tag = fieldOf(start, 'etag')
  // RFC 9110 §8.8.1: one that is strong stands for bytes, which are others now.
  const isStrong = tag !== undefined && !tag.startsWith('W/')
  new HeadEditor({
    set: { 'content-encoding': encoding, ...(isStrong && { etag: `W/${tag}` }) },
    // Of which bytes, nobody could tell.
    remove: ['accept-ranges'],
  }).edit(start)
  start.isBodyChanged = true
}
