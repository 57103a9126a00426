/**
 * Does something with each of some running things, again and again, in another order each time: the
 * first one finds a processor that has cooled down.
 */
export async function inTurns<T>(
  items: readonly T[],
  turns: number,
  act: (item: T, turn: number) => Promise<void>,
): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    const start = turn % items.length
    const order = [...items.slice(start), ...items.slice(0, start)]
    for (const item of order) await act(item, turn)
  }
}
