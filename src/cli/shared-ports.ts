import type { ProgramSpec } from '../program/spec.ts'
import type { ParsedOptions } from './option-table.ts'

/** Applies `--reuse-port`: other processes may listen where this program does. */
export function withSharedPorts<T extends { readonly spec: ProgramSpec }>(
  program: T,
  options: ParsedOptions,
): T {
  if (!options.isSet('reuse-port')) return program
  const listen = program.spec.listen.map((one) => ({ isShared: true, ...one }))
  return { ...program, spec: { ...program.spec, listen } }
}
