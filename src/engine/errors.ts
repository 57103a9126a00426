/** Why a session ended badly. The first seven are the names that scripts know. */
export type SessionErrorCode =
  | 'UnknownError'
  | 'RuntimeError'
  | 'ReadError'
  | 'CannotResolve'
  | 'ConnectionRefused'
  | 'Unauthorized'
  | 'BufferOverflow'
  | 'ConnectionTimeout'
  | 'ReadTimeout'
  | 'ProtocolError'
  | 'OutOfResources'
  | 'Overloaded'

interface SessionErrorFacts {
  /** Position in `dump` output; the first seven are the reference's numbers. */
  number: number
  /** Status of the HTTP response that stands for the failure (RFC 9110 §15.6). */
  status: number
  statusText: string
}

/** One table for everything that depends on the code; docs/errors.md shows the same. */
export const SESSION_ERRORS: Readonly<Record<SessionErrorCode, SessionErrorFacts>> = {
  UnknownError: { number: 1, status: 500, statusText: 'Internal Server Error' },
  RuntimeError: { number: 2, status: 500, statusText: 'Internal Server Error' },
  ReadError: { number: 3, status: 502, statusText: 'Read Error' },
  CannotResolve: { number: 4, status: 503, statusText: 'Cannot Resolve' },
  ConnectionRefused: { number: 5, status: 503, statusText: 'Connection Refused' },
  Unauthorized: { number: 6, status: 401, statusText: 'Unauthorized' },
  BufferOverflow: { number: 7, status: 503, statusText: 'Buffer Overflow' },
  ConnectionTimeout: { number: 8, status: 504, statusText: 'Connection Timeout' },
  ReadTimeout: { number: 9, status: 504, statusText: 'Gateway Timeout' },
  ProtocolError: { number: 10, status: 502, statusText: 'Bad Gateway' },
  OutOfResources: { number: 11, status: 503, statusText: 'Out Of Resources' },
  Overloaded: { number: 12, status: 503, statusText: 'Overloaded' },
}
