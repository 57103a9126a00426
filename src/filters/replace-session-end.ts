import { SESSION_END, type SessionEnd } from '../engine/event.ts'
import { defineReplacer } from './events/replacer.ts'

/** `replaceSessionEnd(replacement?)` */
export const replaceSessionEnd = defineReplacer<SessionEnd>(
  'replaceSessionEnd',
  'the end of the session',
  'SessionEnd',
  SESSION_END,
)
