import { MESSAGE_START, type MessageStart } from '../engine/event.ts'
import { defineReplacer } from './events/replacer.ts'

/** `replaceMessageStart(replacement?)` */
export const replaceMessageStart = defineReplacer<MessageStart>(
  'replaceMessageStart',
  'message start events',
  'MessageStart',
  MESSAGE_START,
)
