import schema from '../../../../schema/sluice.schema.json'
import {
  formsOf,
  type JsonSchema,
  schemaBelow,
  schemasAt,
} from '../../../../src/config/schema-walk.ts'

/** Where something is in a config: names of keys and numbers of items. */
export type ConfigPath = readonly (string | number)[]

// Its inferred type has every key of every section.
const root = schema as unknown as JsonSchema

/** What may stand at a place of a config: all forms that a value may have there. */
export function formsAt(path: ConfigPath): readonly JsonSchema[] {
  return schemasAt(root, path)
}

/** The schema of a key itself, with its description and default; undefined for what is not known. */
export function schemaOf(path: ConfigPath): JsonSchema | undefined {
  const last = path.at(-1)
  if (last === undefined) return undefined
  return formsAt(path.slice(0, -1)).flatMap((one) => schemaBelow(one, last) ?? [])[0]
}

/** What values look like, for people: `"http" | "tcp"`, `integer | string`. */
export function typeOf(schema: JsonSchema): string {
  const names = formsOf(schema).map((form) => {
    const values = form.const === undefined ? form.enum : [form.const]
    if (values !== undefined) return values.map((one) => JSON.stringify(one)).join(' | ')
    if (form.items !== undefined) return `list of ${typeOf(form.items)}`
    if (form.type === 'object') return 'section'
    return [form.type ?? 'anything'].flat().join(' | ')
  })
  return [...new Set(names)].join(' | ')
}
