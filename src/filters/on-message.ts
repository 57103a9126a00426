import { defineMessageObserver } from './events/observe-message.ts'

/** `onMessage(callback)` */
export const onMessage = defineMessageObserver('onMessage', 'message', 'a complete message')
