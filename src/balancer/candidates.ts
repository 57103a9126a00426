import type { Endpoint } from './picker.ts'

/** An endpoint with what decides whether it is a candidate. */
export interface Member {
  readonly endpoint: Endpoint
  /** 0 for endpoints that are used first; higher ones are backups. */
  readonly priority: number
  /** Where it stands; empty if that does not matter. */
  readonly zone: string
  /** What it has without slow start; the operator's if one has set it. */
  weight: number
  /** Probes, requests and operator have nothing against it. */
  isUp: boolean
  /** The operator has nothing against it. */
  isWanted: boolean
}

export interface CandidateRules {
  /**
   * When less than this share of the endpoints is up, health is not believed and all are used that
   * are wanted: from 0 (only when none is up) to 1.
   */
  readonly panicShare: number
  /** The balancer's own zone; empty for none. */
  readonly zone: string
}

/** With less than this share of its weight up, a zone or priority does not serve alone. */
const ENOUGH_UP = 0.5

/**
 * The members that requests go to:
 *
 * 1. Panic: if too few are up, all that are wanted count as up.
 * 2. Priorities: those of the lowest number. If they have less than half of their weight up, the
 *    next number joins in, and so on.
 * 3. Zones: those in the balancer's own zone, if at least half of its weight is up there.
 *
 * If the operator wants none, all are used: answering badly is not better than answering.
 */
export function chooseCandidates(members: readonly Member[], rules: CandidateRules): Member[] {
  const wanted = members.filter(({ isWanted }) => isWanted)
  if (wanted.length === 0) return []
  const isUp = isPanic(wanted, rules.panicShare) ? () => true : (member: Member) => member.isUp
  return ofZone(ofPriority(wanted, isUp), members, isUp, rules.zone)
}

/** Whether so few are up that health is not believed. */
export function isPanic(wanted: readonly Member[], panicShare: number): boolean {
  const up = wanted.filter((member) => member.isUp).length
  return up === 0 || up < panicShare * wanted.length
}

function ofPriority(wanted: readonly Member[], isUp: (member: Member) => boolean): Member[] {
  const priorities = [...new Set(wanted.map(({ priority }) => priority))].sort((a, b) => a - b)
  let taken: Member[] = []
  for (const priority of priorities) {
    const level = wanted.filter((member) => member.priority === priority)
    const up = level.filter(isUp)
    taken = taken.concat(up)
    if (weightOf(up) >= ENOUGH_UP * weightOf(level)) break
  }
  return taken
}

function ofZone(
  candidates: Member[],
  members: readonly Member[],
  isUp: (member: Member) => boolean,
  zone: string,
): Member[] {
  if (zone === '') return candidates
  const local = candidates.filter((member) => member.zone === zone)
  if (local.length === 0) return candidates
  const priorities = new Set(local.map(({ priority }) => priority))
  const all = members.filter((member) => member.zone === zone && priorities.has(member.priority))
  const isEnough = weightOf(local.filter(isUp)) >= ENOUGH_UP * weightOf(all)
  return isEnough ? local : candidates
}

function weightOf(members: readonly Member[]): number {
  return members.reduce((sum, { weight }) => sum + weight, 0)
}
