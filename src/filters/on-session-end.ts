import { SESSION_END } from '../engine/event.ts'
import { defineObserver } from './events/observe.ts'

/** `onSessionEnd(callback)` */
export const onSessionEnd = defineObserver('onSessionEnd', 'the end of the session', SESSION_END)
