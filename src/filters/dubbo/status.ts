import { SESSION_ERRORS, type SessionErrorCode } from '../../engine/errors.ts'

export const STATUS_OK = 20
const STATUS_SERVER_TIMEOUT = 31
const STATUS_BAD_RESPONSE = 50
const STATUS_SERVER_ERROR = 80
const STATUS_OVERLOADED = 100

/** Failures that Dubbo has a status of its own for; what callers do about them depends on it. */
const STATUSES: Partial<Record<SessionErrorCode, number>> = {
  ReadTimeout: STATUS_SERVER_TIMEOUT,
  ProtocolError: STATUS_BAD_RESPONSE,
  BufferOverflow: STATUS_OVERLOADED,
  Overloaded: STATUS_OVERLOADED,
}

/** Status of the response that stands for a failure. */
export function failureStatus(failure: SessionErrorCode): number {
  return STATUSES[failure] ?? STATUS_SERVER_ERROR
}

/** Its body: one string of Hessian 2. */
export function failureBody(failure: SessionErrorCode): Buffer {
  const text = Buffer.from(SESSION_ERRORS[failure].statusText, 'latin1').subarray(0, 31)
  return Buffer.concat([Buffer.of(text.length), text])
}
