import { Data } from '../engine/data.ts'
import { MessageEnd, MessageStart, SessionEnd } from '../engine/event.ts'
import { Message } from '../engine/message.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { ConsoleWriter } from '../script/console.ts'
import { createGlobals } from '../script/globals.ts'
import { pipy } from './configuration.ts'
import type { ScriptGlobals } from './script/instantiate.ts'
import { createSessionClass } from './script-session.ts'

/** What a program's globals depend on. */
export interface ProgramGlobalsOptions {
  /** Directory of the root script. */
  readonly root: string
  /** Where `console.log` and complaints of `os` go. */
  readonly write: ConsoleWriter
  /** The program that runs; `null` while a script is only looked at. */
  readonly runtime: Runtime | null
  /** What `algo.SharedMap` shares with other workers. */
  readonly shared?: SharedArrayBuffer | undefined
}

/** The globals that scripts see besides JavaScript's own. */
export function createProgramGlobals(options: ProgramGlobalsOptions): ScriptGlobals {
  const { runtime } = options
  return {
    ...createGlobals({
      ...options,
      rates: runtime?.rateMemory ?? null,
      running: () => runtime?.context ?? null,
    }),
    pipy,
    Data,
    Message,
    MessageStart,
    MessageEnd,
    SessionEnd,
    Session: createSessionClass(runtime),
  }
}
