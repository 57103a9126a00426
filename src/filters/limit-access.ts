import { checkString } from '../engine/arguments.ts'
import type { InboundInfo } from '../engine/context.ts'
import { defineFilter } from '../engine/definition.ts'
import type { Layout } from '../engine/layout.ts'
import { Message } from '../engine/message.ts'
import { counterIndex } from '../native/counters.ts'
import { Access, type AccessRules, readAccess } from '../net/access.ts'
import { Gate } from './http/gate.ts'
import { httpDate } from './http/http-date.ts'

/**
 * `limitAccess(target, rules)`: what clients of some addresses send goes on in a pipeline; requests
 * of others are answered 403, and their sessions end that have no messages.
 */
export const limitAccess = defineFilter({
  name: 'limitAccess',
  description: 'Lets clients of some addresses pass, and answers others with 403',
  parameters: [
    { name: 'target', type: 'string', doc: 'Name of the pipeline to send requests to' },
    { name: 'rules', type: 'AccessRules', doc: 'allow, deny' },
  ],
  targets: (args: [target: string, rules: AccessRules]) => [args[0]],
  plan: (target: string, rules: AccessRules) => {
    checkString(target, 1)
    const plan: AccessPlan = {
      access: new Access(readAccess(rules, 'argument #2')),
      decisions: new WeakMap(),
    }
    return (layout) => new LimitAccess(layout, target, plan)
  },
})

interface AccessPlan {
  readonly access: Access
  /** By connection: an address is looked up once. */
  readonly decisions: WeakMap<InboundInfo, boolean>
}

const REFUSALS = counterIndex('deniedRequests')

class LimitAccess extends Gate {
  readonly #plan: AccessPlan

  constructor(layout: Layout, target: string, plan: AccessPlan) {
    super(layout, target)
    this.#plan = plan
  }

  protected override judge(): Message | null {
    if (this.admits()) return null
    const { request, runtime } = this.session.context
    if (request !== null) request.refusal = 'AccessDenied'
    const { counters } = runtime.sockets.reactor
    counters[REFUSALS] = (counters[REFUSALS] as number) + 1
    return new Message({ status: 403, headers: { date: httpDate() } })
  }

  protected override admits(): boolean {
    const { inbound } = this.session.context
    if (inbound === null) return true
    const { access, decisions } = this.#plan
    let decision = decisions.get(inbound)
    if (decision === undefined) {
      decision = access.admits(inbound.remoteAddress)
      decisions.set(inbound, decision)
    }
    return decision
  }
}
