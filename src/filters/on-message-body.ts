import { defineMessageObserver } from './events/observe-message.ts'

/** `onMessageBody(callback)` */
export const onMessageBody = defineMessageObserver(
  'onMessageBody',
  'body',
  'the complete body of a message',
)
