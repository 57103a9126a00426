/** What ties a request to an endpoint, and the endpoint that it got. */
export class Affinity {
  /** The hash that consistent pickers go by: 32 bits without a sign. */
  readonly key: number
  /** Index of the endpoint that the client is tied to; -1 for none. */
  readonly wanted: number
  /** Where the last attempt went; empty before the first. */
  address = ''

  constructor(key: number, wanted: number) {
    this.key = key
    this.wanted = wanted
  }
}
