import { ALGO_TYPES } from './script-types/algo.ts'
import { EVENT_TYPES } from './script-types/events.ts'
import { GLOBAL_TYPES } from './script-types/globals.ts'
import { OPTION_TYPES } from './script-types/options.ts'
import { VALUE_TYPES } from './script-types/values.ts'

/**
 * TypeScript declarations of what scripts see besides JavaScript and filters. A test compares them
 * with the classes themselves.
 */
export const SCRIPT_TYPES = [EVENT_TYPES, OPTION_TYPES, VALUE_TYPES, ALGO_TYPES, GLOBAL_TYPES].join(
  '\n',
)
