import { spawnSync } from 'node:child_process'

/** A program from outside the project that the benchmark needs. */
export interface Tool {
  readonly program: string
  readonly versionArgs: readonly string[]
  readonly debianPackage: string
}

/** The tool's version number as it reports it, or undefined when it is not installed. */
export function toolVersion(tool: Tool): string | undefined {
  const result = spawnSync(tool.program, tool.versionArgs, { encoding: 'utf8' })
  if (result.error !== undefined) return undefined
  return /\d+(\.\d+)+/.exec(result.stdout + result.stderr)?.[0] ?? 'unknown'
}
