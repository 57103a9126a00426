const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there: is the collector running?',
  ENOTFOUND: 'the name of its host is not known',
  401: 'it wants to know who asks: see tracing.headers',
  403: 'it does not let us in: see tracing.headers',
  404: 'it has no such path: collectors take traces at /v1/traces',
  405: 'it does not take POST: does an OTLP collector listen there?',
  415: 'it does not take JSON',
}

/** What is wrong between us and a collector, in one line, with what to do about it. */
export function hintFor(error: Error): string {
  const code = 'code' in error ? String(error.code) : ''
  const text = [/^\d+$/.test(code) ? code : '', error.message || code].filter(Boolean).join(' ')
  const hint = HINTS[code]
  return hint === undefined ? text : `${text}: ${hint}`
}
