import schema from '../../../../schema/sluice.schema.json'

/** The parts of JSON Schema that the schema of configs consists of. */
export interface ConfigSchema {
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, ConfigSchema>>
  readonly additionalProperties?: ConfigSchema | boolean
  readonly items?: ConfigSchema
  readonly anyOf?: readonly ConfigSchema[]
}

/** Where something is in a config: names of keys and numbers of items. */
export type ConfigPath = readonly (string | number)[]

// Its inferred type has every key of every section.
const root = schema as unknown as ConfigSchema

/** What may stand at a place: all forms that a value may have there. */
export function schemasAt(path: ConfigPath): readonly ConfigSchema[] {
  return path.reduce<readonly ConfigSchema[]>(
    (found, part) => found.flatMap((one) => below(one, part)).flatMap(formsOf),
    formsOf(root),
  )
}

/** The schema of a key itself, with its description and default; undefined for what is not known. */
export function schemaOf(path: ConfigPath): ConfigSchema | undefined {
  const last = path.at(-1)
  if (last === undefined) return undefined
  return schemasAt(path.slice(0, -1)).flatMap((one) => below(one, last))[0]
}

/** The forms that a schema allows. */
export function formsOf(schema: ConfigSchema): readonly ConfigSchema[] {
  return schema.anyOf?.flatMap(formsOf) ?? [schema]
}

/** What values look like, for people: `"http" | "tcp"`, `integer | string`. */
export function typeOf(schema: ConfigSchema): string {
  const names = formsOf(schema).map((form) => {
    const values = form.const === undefined ? form.enum : [form.const]
    if (values !== undefined) return values.map((one) => JSON.stringify(one)).join(' | ')
    if (form.items !== undefined) return `list of ${typeOf(form.items)}`
    if (form.type === 'object') return 'section'
    return [form.type ?? 'anything'].flat().join(' | ')
  })
  return [...new Set(names)].join(' | ')
}

function below(schema: ConfigSchema, part: string | number): readonly ConfigSchema[] {
  if (typeof part === 'number') return schema.items === undefined ? [] : [schema.items]
  const { properties, additionalProperties } = schema
  if (properties !== undefined && Object.hasOwn(properties, part))
    return [properties[part] as ConfigSchema]
  return typeof additionalProperties === 'object' ? [additionalProperties] : []
}
