import { MESSAGE_END } from '../engine/event.ts'
import { defineObserver } from './events/observe.ts'

/** `onMessageEnd(callback)` */
export const onMessageEnd = defineObserver('onMessageEnd', 'message end events', MESSAGE_END)
