import type { ApiError, Problem } from '../../../src/admin/gui/contract.ts'

/** A request that was not answered with success. */
export class RequestError extends Error {
  /** 0 when there was no answer at all. */
  readonly status: number
  readonly problems: readonly Problem[]

  constructor(status: number, message: string, problems: readonly Problem[] = []) {
    super(message)
    this.status = status
    this.problems = problems
  }
}

let tokenNeeded = (): void => {}

/** Has an action done whenever the server refuses a request because it does not know the token. */
export function onTokenNeeded(action: () => void): void {
  tokenNeeded = action
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Sends a request with a JSON body, if there is one, and returns the JSON of the answer. */
export async function request<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, {
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const text = await response.text()
  // The shapes are those of contract.ts, which both sides are compiled against.
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** Sends a request whose body or answer is not JSON. */
export async function send(method: Method, path: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(path, { ...init, method })
  } catch {
    throw new RequestError(0, 'Sluice does not answer. Does it still run?')
  }
  if (response.ok) return response
  if (response.status === 401) tokenNeeded()
  const { message, problems } = await errorOf(response)
  throw new RequestError(response.status, message, problems)
}

async function errorOf(response: Response): Promise<Pick<ApiError, 'message' | 'problems'>> {
  const text = await response.text()
  try {
    return JSON.parse(text) as ApiError
  } catch {
    return { message: text === '' ? `${response.status} ${response.statusText}` : text }
  }
}
