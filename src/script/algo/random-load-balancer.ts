import { Random } from '../../balancer/random.ts'
import { TaggedLoadBalancer } from './picker-load-balancer.ts'

/** Picks targets at random, each as often as its weight says. */
export class RandomLoadBalancer extends TaggedLoadBalancer {
  /** `weights` maps targets to their weights. */
  constructor(weights?: Readonly<Record<string, number>> | null) {
    super(new Random(), weights)
  }
}
