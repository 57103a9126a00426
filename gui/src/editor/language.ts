import { javascript, javascriptLanguage, typescriptLanguage } from '@codemirror/lang-javascript'
import { json } from '@codemirror/lang-json'
import { yaml } from '@codemirror/lang-yaml'
import type { Extension } from '@codemirror/state'
import { completeScript } from './completion.ts'
import { hoverDocs } from './hover.ts'

/** What the editor knows of a file's language, by its name. */
export function languageOf(path: string): Extension {
  if (/\.[cm]?js$/.test(path)) {
    return [javascript(), javascriptLanguage.data.of({ autocomplete: completeScript }), hoverDocs]
  }
  if (/\.[cm]?ts$/.test(path)) {
    const completion = typescriptLanguage.data.of({ autocomplete: completeScript })
    return [javascript({ typescript: true }), completion, hoverDocs]
  }
  if (path.endsWith('.json')) return json()
  if (/\.ya?ml$/.test(path)) return yaml()
  return []
}
