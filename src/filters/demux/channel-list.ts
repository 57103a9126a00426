import type { Channel } from './channel.ts'

/**
 * Messages in progress, linked by `later`: the one whose answer goes out, and those that wait for
 * their turn, oldest first. Where answers come in any order, the turn goes to who begins one.
 */
export class ChannelList {
  first: Channel | null = null
  size = 0
  #last: Channel | null = null

  append(channel: Channel): void {
    const last = this.#last
    if (last === null) this.first = channel
    else {
      channel.earlier = last
      last.later = channel
    }
    this.#last = channel
    this.size++
  }

  remove(channel: Channel): void {
    const { earlier, later } = channel
    if (earlier === null) this.first = later
    else earlier.later = later
    if (later === null) this.#last = earlier
    else later.earlier = earlier
    channel.earlier = null
    channel.later = null
    this.size--
  }

  moveToFront(channel: Channel): void {
    const { first } = this
    if (first === null || first === channel) return
    this.remove(channel)
    this.size++
    first.earlier = channel
    channel.later = first
    this.first = channel
  }

  clear(): void {
    this.first = null
    this.#last = null
    this.size = 0
  }
}
