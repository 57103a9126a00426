import { Data } from '../../engine/data.ts'

/** The text "R" as Hessian 2 has it, and as JSON. */
const READONLY_BODIES = ['\x01R', '"R"']

/** The body of the event that asks the peer to send no more requests. */
export function readonlyBody(): Data {
  return new Data(READONLY_BODIES[0])
}

/** Whether the body of an event asks for no more requests: its sender is about to leave. */
export function isReadonlyEvent(body: Data | null): boolean {
  return body !== null && READONLY_BODIES.includes(body.toString().trim())
}
