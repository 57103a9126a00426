import { z } from 'zod'
import type { Path } from './problem.ts'
import { configSchema } from './schema/config.ts'
import { type JsonSchema, schemasAt } from './schema-walk.ts'

/**
 * The schema of configs for editors, as `schema/sluice.schema.json` has it. What it cannot say is
 * checked by Sluice itself: references, and what excludes each other.
 */
export function configJsonSchema(): JsonSchema {
  return { title: 'Sluice config', ...z.toJSONSchema(configSchema, { io: 'input' }) } as JsonSchema
}

/** The names that a section at a path can have; empty if they are free. */
export function knownKeys(path: Path): string[] {
  const schemas = schemasAt(configJsonSchema(), path)
  return schemas.flatMap(({ properties = {} }) => Object.keys(properties))
}
