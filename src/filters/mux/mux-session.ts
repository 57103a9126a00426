import type { Context } from '../../engine/context.ts'
import type { SessionErrorCode } from '../../engine/errors.ts'
import type { Event } from '../../engine/event.ts'
import type { Layout } from '../../engine/layout.ts'
import { DubboSession } from './dubbo-session.ts'
import type { Exchange } from './exchange.ts'
import type { MuxGroup } from './group.ts'
import type { MuxHub } from './hub.ts'
import { SharedSession } from './shared-session.ts'

/** One session of `mux`'s target that serves messages of many requesters. */
export interface MuxSession {
  readonly group: MuxGroup
  /** Messages whose answers are not complete. */
  readonly size: number
  /** Whether another message may begin now. */
  readonly hasRoom: boolean
  /** Whether what it was fed may have got anywhere. */
  readonly isReached: boolean
  /** Answers completed so far. */
  readonly served: number
  readonly isEnded: boolean
  /** When it last became idle, counted in the hub's sweeps. */
  idleSince: number
  /** Begins a message. */
  begin(exchange: Exchange): void
  /** Takes the next event of a message that was begun. */
  feed(event: Event, exchange: Exchange): void
  /** Adds the exchanges whose answers should have begun by `now` and have not to `overdue`. */
  findOverdue?(now: number, overdue: Exchange[]): void
  /** The attempt of an exchange has had its time. */
  expire?(exchange: Exchange): void
  /** `to` stands for the message of `from` from now on. */
  replace?(from: Exchange, to: Exchange): void
  /** The requester has gone. */
  abandon(exchange: Exchange): void
  /** What the requester can take has changed. */
  requesterChanged(exchange: Exchange): void
  /** Ends the session; whoever still waits is told `error`. */
  end(error: SessionErrorCode | ''): void
}

/** Starts a session of the kind that the target's protocol allows for. */
export function createSession(
  hub: MuxHub,
  group: MuxGroup,
  layout: Layout,
  context: Context,
): MuxSession {
  const isDubbo = layout.stages.some((stage) => stage.name === 'decodeDubbo')
  return isDubbo
    ? new DubboSession(hub, group, layout, context)
    : new SharedSession(hub, group, layout, context)
}
