/**
 * Where in a worker's memory the requests of a program are counted: places of groups, by the
 * indices that the program's spec has; -1 for what has none.
 */
export interface MetricsPlan {
  readonly listeners: readonly number[]
  /** By listener, then by route. */
  readonly routes: readonly (readonly number[])[]
  readonly upstreams: readonly number[]
  /** The connections of listeners. */
  readonly connections: readonly number[]
  /** What the policies of upstreams count. */
  readonly policies: readonly number[]
  /** By upstream, then by endpoint. */
  readonly endpoints: readonly (readonly number[])[]
  /** The connections to upstreams, and to their endpoints. */
  readonly targets: readonly { readonly upstream: number; readonly endpoints: readonly number[] }[]
}
