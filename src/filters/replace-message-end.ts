import { MESSAGE_END, type MessageEnd } from '../engine/event.ts'
import { defineReplacer } from './events/replacer.ts'

/** `replaceMessageEnd(replacement?)` */
export const replaceMessageEnd = defineReplacer<MessageEnd>(
  'replaceMessageEnd',
  'message end events',
  'MessageEnd',
  MESSAGE_END,
)
