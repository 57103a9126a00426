import { RetryBudget } from '../../balancer/retry-budget.ts'
import { HedgePolicy, type HedgeTargets } from '../../filters/mux/hedge-policy.ts'
import type { MessagePolicy, PolicyOf } from '../../filters/mux/policy.ts'
import { RetryPolicy } from '../../filters/mux/retry-policy.ts'
import type { LoadBalancerSpec, RoutePolicySpec, UpstreamSpec } from '../spec.ts'
import type { RetrySpec } from '../upstream-policies.ts'
import { upstreamsOf } from './routes.ts'

/** How an upstream's requests are sent. */
export interface MessagePolicies {
  /** Those of routes that say nothing of it. */
  readonly common: MessagePolicy
  /** Those of others; undefined if there are none. */
  readonly policyOf: PolicyOf | undefined
  /** All of them. */
  readonly all: readonly MessagePolicy[]
  /** What their retries and hedges may take. */
  readonly budgets: readonly RetryBudget[]
  /** Further attempts that any of them allows. */
  readonly attempts: number
  /** How long its connections wait for the head of a response: as long as any of them. */
  readonly responseMs: number
}

/** What a hedge may cost where no retries are asked for: the same as they would. */
const HEDGE_BUDGET: Pick<RetrySpec, 'budgetRatio' | 'budgetPerSecond'> = {
  budgetRatio: 0.2,
  budgetPerSecond: 10,
}

/** `routes` are the policies of routes that lead to the upstream. */
export function messagePolicies(
  spec: UpstreamSpec,
  routes: readonly RoutePolicySpec[],
  targets: HedgeTargets,
  shareOf: (total: number) => number,
): MessagePolicies {
  const longest = Math.max(
    spec.timeouts.responseMs,
    ...routes.map(({ responseMs = 0 }) => responseMs),
  )
  const maxInProgress = shareOf(spec.circuit?.maxRetries ?? 0)
  const budgets: RetryBudget[] = []
  const make = (own: RoutePolicySpec): MessagePolicy => {
    const { retry = spec.retry, hedge = spec.hedge } = own
    const { responseMs = spec.timeouts.responseMs, totalMs = spec.totalTimeoutMs ?? 0 } = own
    const { budgetRatio, budgetPerSecond } = retry ?? HEDGE_BUDGET
    const budget = new RetryBudget(budgetRatio, budgetPerSecond)
    if (retry !== undefined || (hedge?.afterMs ?? 0) > 0) budgets.push(budget)
    return {
      totalMs,
      // The connection has its own time for that.
      responseMs: responseMs === longest ? 0 : responseMs,
      retry: retry === undefined ? null : new RetryPolicy({ ...retry, budget, maxInProgress }),
      hedge:
        hedge === undefined || hedge.afterMs === 0
          ? null
          : new HedgePolicy({
              ...{ afterMs: hedge.afterMs, budget, earns: retry === undefined },
              ...{ maxInProgress, targets },
            }),
    }
  }
  const byRoute = new Map<object, MessagePolicy>(routes.map((one) => [one, make(one)]))
  const attempts = [spec, ...routes].map(({ retry }) => retry?.attempts ?? 0)
  const common = make({})
  return {
    common,
    all: [common, ...byRoute.values()],
    budgets,
    policyOf:
      routes.length === 0
        ? undefined
        : ({ policy }) => {
            return policy === null ? undefined : byRoute.get(policy)
          },
    attempts: Math.max(...attempts),
    responseMs: longest,
  }
}

/** The policies of all routes that lead to an upstream. */
export function policiesFor({ listen }: LoadBalancerSpec, upstream: number): RoutePolicySpec[] {
  return listen.flatMap(({ service }) =>
    (service.protocol === 'http' ? service.routes : [])
      .filter((route) => upstreamsOf([route]).includes(upstream))
      .flatMap(({ policy }) => (policy === undefined ? [] : [policy])),
  )
}
