import { sendDatagram } from '../native/addon.ts'

/**
 * Tells a service manager what the process does, as systemd's sd_notify(3) describes: messages to
 * the Unix socket `NOTIFY_SOCKET`. Without that variable nothing is told.
 */
export class ServiceManager {
  readonly #path: string
  readonly #watchdogMs: number
  #watchdog: NodeJS.Timeout | undefined

  /** Reads the variables from `environment` and takes them out of it: they are not for children. */
  constructor(environment: NodeJS.ProcessEnv) {
    this.#path = environment['NOTIFY_SOCKET'] ?? ''
    const isForUs = [undefined, String(process.pid)].includes(environment['WATCHDOG_PID'])
    this.#watchdogMs = isForUs ? Number(environment['WATCHDOG_USEC'] ?? 0) / 1000 : 0
    for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete environment[name]
  }

  /** The process accepts connections. From now on it gives a sign of life twice per deadline. */
  ready(): void {
    this.#send(`READY=1\nMAINPID=${process.pid}`)
    if (this.#path === '' || !(this.#watchdogMs > 0)) return
    this.#watchdog ??= setInterval(() => this.#send('WATCHDOG=1'), this.#watchdogMs / 2).unref()
  }

  /** A reload has begun; `ready()` ends it. */
  reloading(): void {
    this.#send(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`)
  }

  /** The process drains. */
  stopping(): void {
    this.#send('STOPPING=1')
  }

  #send(message: string): void {
    if (this.#path !== '') sendDatagram(this.#path, message)
  }
}
