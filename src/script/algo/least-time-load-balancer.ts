import { LeastTime } from '../../balancer/least-time.ts'
import { TaggedLoadBalancer } from './picker-load-balancer.ts'

/** Picks the target on which work is likely to be over first: tell `deselect` how long it took. */
export class LeastTimeLoadBalancer extends TaggedLoadBalancer {
  /** `weights` maps targets to their weights. */
  constructor(weights?: Readonly<Record<string, number>> | null) {
    super(new LeastTime(), weights)
  }
}
