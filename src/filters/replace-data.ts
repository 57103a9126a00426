import type { Data } from '../engine/data.ts'
import { DATA } from '../engine/event.ts'
import { defineReplacer } from './events/replacer.ts'

/** `replaceData(replacement?)` */
export const replaceData = defineReplacer<Data>('replaceData', 'data events', 'Data', DATA)
