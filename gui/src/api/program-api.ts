import type {
  EndpointState,
  FlowGraph,
  GuiSession,
  LogEntry,
  Problem,
  ProgramConnections,
  ProgramState,
  Registry,
  Tap,
  VerifyAnswer,
  VerifyRequest,
} from '../../../src/admin/gui/contract.ts'
import { request } from './request.ts'

export function readSession(): Promise<GuiSession> {
  return request('GET', '/api/v1/session')
}

export function showToken(token: string): Promise<void> {
  return request('POST', '/api/v1/session', { token })
}

export function startProgram(path: string): Promise<ProgramState> {
  return request('POST', '/api/v1/program', { path })
}

export function readConnections(): Promise<ProgramConnections> {
  return request('GET', '/api/v1/program/connections')
}

export function stopProgram(): Promise<ProgramState> {
  return request('DELETE', '/api/v1/program')
}

export async function verify(asked: VerifyRequest): Promise<readonly Problem[]> {
  const answer = await request<VerifyAnswer>('POST', '/api/v1/verify', asked)
  return answer.problems
}

export function flowOfText(asked: VerifyRequest): Promise<FlowGraph> {
  return request('POST', '/api/v1/flow', asked)
}

export function flowOfProgram(): Promise<FlowGraph> {
  return request('GET', '/api/v1/flow')
}

export function readRegistry(): Promise<Registry> {
  return request('GET', '/api/v1/registry')
}

export function readLog(lines: number): Promise<readonly LogEntry[]> {
  return request('GET', `/api/v1/logs?lines=${lines}`)
}

export function startTap(filter: string, count: number, maxBytes: number): Promise<Tap> {
  return request('POST', '/api/v1/taps', { filter, count, maxBytes })
}

export function endTap(id: string): Promise<void> {
  return request('DELETE', `/api/v1/taps/${encodeURIComponent(id)}`)
}

export function setWorkers(count: number): Promise<void> {
  return request('PUT', '/api/v1/workers', { count })
}

export function changeEndpoint(
  { upstream, address }: Pick<EndpointState, 'upstream' | 'address'>,
  change: { readonly state?: EndpointState['state']; readonly weight?: number },
): Promise<EndpointState> {
  const names = [upstream, address].map(encodeURIComponent)
  return request('PATCH', `/api/v1/upstreams/${names[0]}/endpoints/${names[1]}`, change)
}
