import { MessageStart } from '../../engine/event.ts'
import { Message } from '../../engine/message.ts'
import { expected } from '../arguments.ts'

/** The beginning of a message that a script has in one of two forms; its head is the same object. */
export function headOf(given: unknown): MessageStart {
  if (given instanceof MessageStart) return given
  if (given instanceof Message) return new MessageStart(given.head)
  return expected(1, 'an instance of MessageStart or Message')
}
