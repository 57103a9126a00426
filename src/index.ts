/**
 * The library: what scripts see, typed, for tests and tools in TypeScript; `defineFilter`; and `run`,
 * which runs a script from another program.
 */
import { createAlgo, type ScriptAlgo } from './script/algo/algo.ts'
import { createHttp, type ScriptHttp } from './script/http/http.ts'
import { createOs, type ScriptOs } from './script/os.ts'

export { Data, type DataEncoding } from './engine/data.ts'
export {
  defineFilter,
  type FilterDefinition,
  type ParameterDoc,
  type ValueOf,
} from './engine/definition.ts'
export type { SessionErrorCode } from './engine/errors.ts'
export { type Event, MessageEnd, MessageStart, SessionEnd } from './engine/event.ts'
export { Filter } from './engine/filter.ts'
export type { Layout } from './engine/layout.ts'
export { Message } from './engine/message.ts'
export { filters } from './filters/index.ts'
export { LoadError } from './orchestrator/load-error.ts'
export { type RunningScript, type RunOptions, run } from './orchestrator/run.ts'
export { StartError } from './orchestrator/start-error.ts'
export { type Builder, Configuration, type ListenOptions, pipy } from './program/configuration.ts'
export { buildGraph, type Graph, type GraphNode } from './program/graph.ts'
export { scriptCrypto as crypto } from './script/crypto/crypto.ts'
export { scriptHessian as Hessian } from './script/hessian/hessian.ts'
export { scriptJson as JSON } from './script/json.ts'
export { repeat } from './script/repeat.ts'
export { ScriptUrl as URL } from './script/url.ts'
export { scriptXml as XML } from './script/xml/xml.ts'

/** The `algo` of scripts; its shared maps are shared by nobody outside of this thread. */
export const algo: ScriptAlgo = createAlgo()
/** The `http` of scripts, for files below the current directory. */
export const http: ScriptHttp = createHttp(process.cwd())
/** The `os` of scripts; relative paths start at the current directory. */
export const os: ScriptOs = createOs(process.cwd(), (message) => process.emitWarning(message))
