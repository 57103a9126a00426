/*
 * A pipeline is a card; its filters are boxes one below the other, with an arrow before each of them
 * and one behind the last, which have the numbers of edges in FlowRates:
 *
 *   +-------------------+
 *   | title             |   HEAD
 *   |   v edge 0        |   GAP
 *   | [ filter 0      ]-|-> the card of its target
 *   |   v edge 1        |
 *   +-------------------+
 */
export const HEAD = 30
export const GAP = 24
export const BOX = 30
export const INSET = 10

/** Where the box of a filter begins, from the top of its card. */
export function boxTop(index: number): number {
  return HEAD + GAP + index * (BOX + GAP)
}
