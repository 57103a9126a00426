import { z } from 'zod'
import type { Path } from './problem.ts'
import { configSchema } from './schema/config.ts'

/** The parts of JSON Schema that ours consists of. */
export interface JsonSchema {
  readonly title?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
}

/**
 * The schema of configs for editors, as `schema/sluice.schema.json` has it. What it cannot say is
 * checked by Sluice itself: references, and what excludes each other.
 */
export function configJsonSchema(): JsonSchema {
  return { title: 'Sluice config', ...z.toJSONSchema(configSchema, { io: 'input' }) } as JsonSchema
}

/** The names that a section at a path can have; empty if they are free. */
export function knownKeys(path: Path): string[] {
  let at: readonly JsonSchema[] = [configJsonSchema()]
  for (const part of path) {
    at = at.flatMap(alternatives).flatMap((schema) => below(schema, part) ?? [])
  }
  return at.flatMap(alternatives).flatMap(({ properties = {} }) => Object.keys(properties))
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf?.flatMap(alternatives) ?? [schema]
}

function below(schema: JsonSchema, part: string | number): JsonSchema | undefined {
  if (typeof part === 'number') return schema.items
  const { properties, additionalProperties } = schema
  if (properties !== undefined && Object.hasOwn(properties, part)) return properties[part]
  return typeof additionalProperties === 'object' ? additionalProperties : undefined
}
