import type { FilterDefinition } from '../engine/definition.ts'
import { connect } from './connect.ts'
import { decodeHttpRequest } from './decode-http-request.ts'
import { decodeHttpResponse } from './decode-http-response.ts'
import { demux } from './demux.ts'
import { dummy } from './dummy.ts'
import { encodeHttpRequest } from './encode-http-request.ts'
import { encodeHttpResponse } from './encode-http-response.ts'
import { link } from './link.ts'
import { mux } from './mux.ts'
import { onMessageEnd } from './on-message-end.ts'
import { onMessageStart } from './on-message-start.ts'
import { onSessionEnd } from './on-session-end.ts'
import { onSessionStart } from './on-session-start.ts'
import { replaceMessage } from './replace-message.ts'

/** Every filter, in the order that `--list-filters` shows. Adding one is a line here. */
export const filters = {
  connect,
  demux,
  decodeHttpRequest,
  decodeHttpResponse,
  dummy,
  encodeHttpRequest,
  encodeHttpResponse,
  link,
  mux,
  onSessionStart,
  onMessageStart,
  onMessageEnd,
  onSessionEnd,
  replaceMessage,
} as const

/** The same, for whoever goes through them by name. */
export const registry: ReadonlyMap<string, FilterDefinition> = new Map(
  Object.entries(filters) as [string, FilterDefinition][],
)
