import type { NativePolicy } from '../native/addon.ts'
import type { ListenerLimits, ListenerTimeouts } from './listener-policy.ts'

const MAX_UINT32 = 2 ** 32 - 1

/** What of a listener's limits and time-outs the reactor looks after. */
export function nativePolicy(
  limits: ListenerLimits,
  timeouts: ListenerTimeouts,
  isLenientLf: boolean,
): NativePolicy {
  const { requestHeadMs, requestBodyMs } = timeouts
  return {
    maxHeaders: limits.maxHeaders,
    maxHeadBytes: limits.maxHeadBytes,
    maxStartLineBytes: limits.maxRequestLineBytes,
    maxBodyBytes: limits.maxBodyBytes,
    maxChunkExtensionBytes: limits.maxChunkExtensionBytes,
    maxTrailerBytes: limits.maxTrailerBytes,
    maxRequests: limits.maxRequestsPerConnection,
    highWatermark: limits.maxBufferedBytes,
    firstByteTimeoutMs: requestHeadMs,
    headTimeoutMs: requestHeadMs,
    bodyTimeoutMs: requestBodyMs,
    minBodyBytes: Math.min(Math.ceil((limits.minBodyRate * requestBodyMs) / 1000), MAX_UINT32),
    lenientLf: isLenientLf ? 1 : 0,
    writeTimeoutMs: timeouts.writeMs,
  }
}
