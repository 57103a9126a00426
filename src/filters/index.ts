import type { FilterDefinition } from '../engine/definition.ts'
import { beginRequest } from './begin-request.ts'
import { changeRequest } from './change-request.ts'
import { changeResponse } from './change-response.ts'
import { compressResponse } from './compress-response.ts'
import { connect } from './connect.ts'
import { decodeDubbo } from './decode-dubbo.ts'
import { decodeHttpRequest } from './decode-http-request.ts'
import { decodeHttpResponse } from './decode-http-response.ts'
import { demux } from './demux.ts'
import { dummy } from './dummy.ts'
import { dump } from './dump.ts'
import { encodeDubbo } from './encode-dubbo.ts'
import { encodeHttpRequest } from './encode-http-request.ts'
import { encodeHttpResponse } from './encode-http-response.ts'
import { endRequest } from './end-request.ts'
import { exec } from './exec.ts'
import { fork } from './fork.ts'
import { limitAccess } from './limit-access.ts'
import { limitRate } from './limit-rate.ts'
import { link } from './link.ts'
import { mirror } from './mirror.ts'
import { mux } from './mux.ts'
import { onData } from './on-data.ts'
import { onMessage } from './on-message.ts'
import { onMessageBody } from './on-message-body.ts'
import { onMessageEnd } from './on-message-end.ts'
import { onMessageStart } from './on-message-start.ts'
import { onSessionEnd } from './on-session-end.ts'
import { onSessionStart } from './on-session-start.ts'
import { print } from './print.ts'
import { redirect } from './redirect.ts'
import { replaceData } from './replace-data.ts'
import { replaceMessage } from './replace-message.ts'
import { replaceMessageBody } from './replace-message-body.ts'
import { replaceMessageEnd } from './replace-message-end.ts'
import { replaceMessageStart } from './replace-message-start.ts'
import { replaceSessionEnd } from './replace-session-end.ts'
import { replaceSessionStart } from './replace-session-start.ts'
import { route } from './route.ts'
import { serveFiles } from './serve-files.ts'
import { tap } from './tap.ts'
import { use } from './use.ts'
import { wait } from './wait.ts'

/** The filters that `--list-filters` shows, in its order: those that Pipy has. */
export const filters = {
  connect,
  demux,
  decodeDubbo,
  decodeHttpRequest,
  decodeHttpResponse,
  dummy,
  dump,
  encodeDubbo,
  encodeHttpRequest,
  encodeHttpResponse,
  exec,
  fork,
  link,
  mux,
  onSessionStart,
  onData,
  onMessageStart,
  onMessageEnd,
  onSessionEnd,
  onMessageBody,
  onMessage,
  print,
  replaceSessionStart,
  replaceData,
  replaceMessageStart,
  replaceMessageEnd,
  replaceSessionEnd,
  replaceMessageBody,
  replaceMessage,
  tap,
  use,
  wait,
} as const

/** Filters beyond those, for scripts as well. Adding one is a line here. */
export const extensions = {
  beginRequest,
  changeRequest,
  changeResponse,
  compressResponse,
  endRequest,
  limitAccess,
  limitRate,
  mirror,
  redirect,
  route,
  serveFiles,
} as const

/** All of them, for whoever goes through them by name. */
export const registry: ReadonlyMap<string, FilterDefinition> = new Map(
  Object.entries({ ...filters, ...extensions }) as [string, FilterDefinition][],
)
