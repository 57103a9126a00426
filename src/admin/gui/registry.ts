import type { FilterDefinition } from '../../engine/definition.ts'
import { SESSION_ERRORS } from '../../engine/errors.ts'
import { filters, registry } from '../../filters/index.ts'
import { scriptDocs } from '../../program/script-docs.ts'
import {
  ENTRY_DOCS,
  renderSignature,
  renderTypeDeclarations,
} from '../../program/type-declarations.ts'
import type { FilterDoc, Registry } from './contract.ts'

/** All that scripts are made of, with its documentation. */
export function describeRegistry(): Registry {
  return {
    filters: [...registry.values()].map(describe),
    entries: ENTRY_DOCS.map(describe),
    globals: scriptDocs(),
    errors: Object.entries(SESSION_ERRORS).map(([code, { status, statusText }]) => {
      return { code, status, statusText }
    }),
    declarations: renderTypeDeclarations(registry.values(), []),
  }
}

function describe({
  name,
  description,
  parameters,
}: Pick<FilterDefinition, 'name' | 'description' | 'parameters'>): FilterDoc {
  return {
    name,
    signature: `${renderSignature({ name, parameters })}: this`,
    doc: description,
    isExtension: registry.has(name) && !Object.hasOwn(filters, name),
    parameters: parameters.map((one) => ({
      name: one.name,
      type: one.type,
      doc: one.doc,
      isOptional: one.isOptional === true,
      isRest: one.isRest === true,
    })),
  }
}
