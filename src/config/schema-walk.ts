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

/** What may stand at a place of a text that a schema describes: all forms of its value. */
export function schemasAt(
  root: JsonSchema,
  path: readonly (string | number)[],
): readonly JsonSchema[] {
  return path.reduce<readonly JsonSchema[]>(
    (found, part) => found.flatMap((one) => schemaBelow(one, part) ?? []).flatMap(formsOf),
    formsOf(root),
  )
}

/** The forms that a schema allows. */
export function formsOf(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf?.flatMap(formsOf) ?? [schema]
}

/** The schema of a key or an item of one form; undefined for what it does not have. */
export function schemaBelow(schema: JsonSchema, part: string | number): JsonSchema | undefined {
  if (typeof part === 'number') return schema.items
  const { properties, additionalProperties } = schema
  if (properties !== undefined && Object.hasOwn(properties, part)) return properties[part]
  return typeof additionalProperties === 'object' ? additionalProperties : undefined
}
