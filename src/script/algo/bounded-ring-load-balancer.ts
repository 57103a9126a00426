import { BoundedRing } from '../../balancer/bounded-ring.ts'
import { ConsistentLoadBalancer } from './picker-load-balancer.ts'

/** The target that a tag hashes to, or the next one while that has more than its share of work. */
export class BoundedRingLoadBalancer extends ConsistentLoadBalancer {
  /** `weights` maps targets to their weights. */
  constructor(weights?: Readonly<Record<string, number>> | null) {
    super(new BoundedRing(), weights)
  }
}
