import { DATA } from '../engine/event.ts'
import { defineObserver } from './events/observe.ts'

/** `onData(callback)` */
export const onData = defineObserver('onData', 'data events', DATA)
