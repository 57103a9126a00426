import { Data } from '../engine/data.ts'
import { defineFilter, evaluate, type ValueOf } from '../engine/definition.ts'
import { DATA, type Event, SESSION_END, SessionEnd } from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import { Child } from './exec/child.ts'

/** `exec(command)`: the other end of the pipeline is a process. */
export const exec = defineFilter({
  name: 'exec',
  description: 'Spawns a child process and connects to its input and output',
  parameters: [
    {
      name: 'command',
      type: 'string | string[] | (() => string | string[])',
      doc: 'Program and arguments, as a list or separated by single spaces',
    },
  ],
  plan: (command: ValueOf<string | readonly string[]>) => {
    if (typeof command !== 'string' && typeof command !== 'function' && !Array.isArray(command)) {
      throw new TypeError('argument #1 expects a string, an array or a function')
    }
    return () => new Exec(command)
  },
})

/** Starts the process at the first event; its output is this filter's, its exit the end of it. */
class Exec extends Filter {
  readonly #command: ValueOf<string | readonly string[]>
  #child: Child | null = null
  #hasStarted = false
  #hasInputEnded = false
  #isCongested = false
  #pauses = 0

  constructor(command: ValueOf<string | readonly string[]>) {
    super()
    this.#command = command
  }

  process(event: Event): void {
    if (this.#hasInputEnded) return
    if (event.kind === SESSION_END) {
      this.#hasInputEnded = true
      this.#child?.endInput()
      return
    }
    if (!this.#hasStarted) this.#start()
    if (event.kind !== DATA || this.#child === null) return
    const isWritable = this.#child.write((event as Data).own().toBytes())
    if (!isWritable) this.#setCongested(true)
  }

  override pause(): void {
    this.#pauses++
    if (this.#pauses === 1) this.#child?.pause()
  }

  override resume(): void {
    this.#pauses--
    if (this.#pauses === 0) this.#child?.resume()
  }

  override reset(): void {
    this.#child?.kill()
    this.#child = null
    this.#hasStarted = false
    this.#hasInputEnded = false
    this.#isCongested = false
    this.#pauses = 0
  }

  #start(): void {
    this.#hasStarted = true
    const { log } = this.session.context.runtime
    try {
      const argv = split(evaluate<unknown>(this.session.context, this.#command))
      if (argv.length === 0) return log.error('[exec] command is empty')
      this.#child = new Child(argv, {
        onOutput: (bytes) => this.#emit(Data.fromBytes(bytes)),
        onDrained: () => this.#setCongested(false),
        onExit: () => this.#exited(),
        onError: (message) => log.error(`[exec] cannot run ${argv[0]}: ${message}`),
        settle: () => this.session.layout.runtime.sockets.settle(),
      })
    } catch (error) {
      this.#hasInputEnded = true
      return this.fail(error)
    }
    if (this.#pauses > 0) this.#child.pause()
  }

  #exited(): void {
    this.#child = null
    this.#hasInputEnded = true
    this.#setCongested(false)
    this.#emit(new SessionEnd())
  }

  #emit(event: Event): void {
    this.next.process(event)
    const { context } = this.session
    if (context.waiters !== null) context.wake()
  }

  #setCongested(value: boolean): void {
    if (this.#isCongested === value) return
    this.#isCongested = value
    if (value) this.previous?.pause()
    else this.previous?.resume()
  }
}

/** The words of a command; a list is taken as it is, so that its elements may contain spaces. */
function split(command: unknown): string[] {
  if (Array.isArray(command)) return command.map(String)
  return String(command ?? '')
    .split(' ')
    .filter((word) => word !== '')
}
