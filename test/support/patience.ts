/** How many times as long as usual a test waits: more, where the code under test is slower. */
const FACTOR = Number(process.env['SLUICE_TEST_PATIENCE'] ?? 1)

/**
 * How long a test waits, in milliseconds, before it takes something for never to come. All times that
 * only end a test that hangs go through here; what a program under test is told to wait does not.
 */
export function patience(milliseconds: number): number {
  return milliseconds * FACTOR
}
