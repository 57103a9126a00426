import { PowerOfTwo } from '../../balancer/power-of-two.ts'
import { TaggedLoadBalancer } from './picker-load-balancer.ts'

/** Draws two targets at random and picks the one with less work for its weight. */
export class PowerOfTwoLoadBalancer extends TaggedLoadBalancer {
  /** `weights` maps targets to their weights. */
  constructor(weights?: Readonly<Record<string, number>> | null) {
    super(new PowerOfTwo(), weights)
  }
}
