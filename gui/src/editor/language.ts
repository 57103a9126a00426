import { javascript, javascriptLanguage, typescriptLanguage } from '@codemirror/lang-javascript'
import { json, jsonLanguage } from '@codemirror/lang-json'
import { yaml, yamlLanguage } from '@codemirror/lang-yaml'
import type { Extension } from '@codemirror/state'
import { completeScript } from './completion.ts'
import { completionOfConfigs, hoverOfConfigs } from './config-help.ts'
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
  if (path.endsWith('.json')) {
    return [
      json(),
      jsonLanguage.data.of({ autocomplete: completionOfConfigs(true) }),
      hoverOfConfigs(true),
    ]
  }
  if (/\.ya?ml$/.test(path)) {
    const completion = yamlLanguage.data.of({ autocomplete: completionOfConfigs(false) })
    return [yaml(), completion, hoverOfConfigs(false)]
  }
  return []
}
