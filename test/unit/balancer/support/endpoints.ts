import { createEndpoint, type Endpoint } from '../../../../src/balancer/picker.ts'

/** Endpoints of these weights at `10.0.0.1:80`, `10.0.0.2:80` … */
export function endpointsOf(weights: readonly number[]): Endpoint[] {
  return weights.map((weight, i) => createEndpoint(`10.0.0.${i + 1}:80`, weight))
}

/** How often each of the endpoints was picked, in their order. */
export function countOf(endpoints: readonly Endpoint[], picked: readonly Endpoint[]): number[] {
  const counts = new Map(endpoints.map((endpoint) => [endpoint, 0]))
  for (const endpoint of picked) counts.set(endpoint, (counts.get(endpoint) ?? 0) + 1)
  return [...counts.values()]
}

/**
 * The χ² statistic of counts against shares by weight. With k endpoints it exceeds
 * `k - 1 + 4 * Math.sqrt(2 * (k - 1))` about once in some thousand fair draws.
 */
export function chiSquare(counts: readonly number[], weights: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const weight = weights.reduce((sum, one) => sum + one, 0)
  return counts.reduce((sum, count, i) => {
    const expected = (total * (weights[i] ?? 0)) / weight
    return sum + (count - expected) ** 2 / expected
  }, 0)
}
