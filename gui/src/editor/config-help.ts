import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import type { EditorState, Extension } from '@codemirror/state'
import { hoverTooltip } from '@codemirror/view'

/** JSON may be anything: what listens is a config, and so may become what is still empty. */
const CONFIG = /"listeners"\s*:|^\s*\{?\s*"?\w*"?\s*\}?\s*$/

/** The schema and what reads configs come when they are first needed; not while the server is away. */
const load = (): Promise<typeof import('./config/config-support.ts') | null> =>
  import('./config/config-support.ts').catch(() => null)

/** Completes the keys and values of configs. */
export function completionOfConfigs(
  isJson: boolean,
): (context: CompletionContext) => Promise<CompletionResult | null> {
  return async (context) => {
    if (isJson && !isConfig(context.state)) return null
    const support = await load()
    return context.aborted ? null : (support?.completeConfig(context, isJson) ?? null)
  }
}

/** Shows the documentation of the key under the pointer. */
export function hoverOfConfigs(isJson: boolean): Extension {
  return hoverTooltip(async (view, pos) => {
    if (isJson && !isConfig(view.state)) return null
    return (await load())?.explainConfig(view, pos) ?? null
  })
}

function isConfig(state: EditorState): boolean {
  return CONFIG.test(state.sliceDoc())
}
