import { nodeCrypto } from '../../net/tls/node-tls.ts'

/** What an id may consist of without meaning anything to a log, a shell or a header. */
const REQUEST_ID = /^[0-9A-Za-z._~+/=:@-]{1,128}$/

/** Whether a client's own id of its request can be kept. */
export function validRequestId(id: string | undefined): id is string {
  return id !== undefined && REQUEST_ID.test(id)
}

/** A new id of a request. */
export function newRequestId(): string {
  return nodeCrypto().randomUUID()
}
