import { isConfigFile } from '../../config/config-file.ts'
import type { FileKind } from './contract.ts'

/**
 * Whether a file is a program, by its name. JSON may be anything: there `text` has to say that it
 * listens.
 */
export function kindOf(path: string, text: () => string): FileKind {
  if (path.endsWith('.json')) return /"listeners"\s*:/.test(text()) ? 'config' : 'other'
  if (isConfigFile(path)) return 'config'
  return path.endsWith('.js') ? 'script' : 'other'
}
