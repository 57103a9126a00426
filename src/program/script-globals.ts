import { readFileSync } from 'node:fs'
import { Data } from '../engine/data.ts'
import { MessageEnd, MessageStart, SessionEnd } from '../engine/event.ts'
import { Message } from '../engine/message.ts'
import { pipy } from './configuration.ts'
import type { ScriptGlobals } from './script/instantiate.ts'

/** Where scripts' `console.log` goes. */
export type Print = (line: string) => void

/** The globals that scripts see besides JavaScript's own. */
export function createGlobals(print: Print): ScriptGlobals {
  return {
    pipy,
    Data,
    Message,
    MessageStart,
    MessageEnd,
    SessionEnd,
    console: { log: (...args: unknown[]) => print(`[pjs] ${args.map(String).join(' ')}`) },
    os: { env: { ...process.env }, readFile: (path: string) => Data.fromBytes(readFileSync(path)) },
  }
}
