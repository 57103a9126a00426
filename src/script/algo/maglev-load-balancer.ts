import { Maglev } from '../../balancer/maglev.ts'
import { ConsistentLoadBalancer } from './picker-load-balancer.ts'

/** The target that a tag hashes to; shares are exact, and few tags move when targets change. */
export class MaglevLoadBalancer extends ConsistentLoadBalancer {
  /** `weights` maps targets to their weights. */
  constructor(weights?: Readonly<Record<string, number>> | null) {
    super(new Maglev(), weights)
  }
}
