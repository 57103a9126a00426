import { MESSAGE_START } from '../engine/event.ts'
import { defineObserver } from './events/observe.ts'

/** `onMessageStart(callback)` */
export const onMessageStart = defineObserver(
  'onMessageStart',
  'message start events',
  MESSAGE_START,
)
