import type { GoodScript } from '../program/load-script.ts'

/** `--reuse-port`: other processes may listen where a script does. */
export function withSharedPorts(script: GoodScript): GoodScript {
  const listen = script.spec.listen.map((one) => ({ isShared: true, ...one }))
  return { ...script, spec: { ...script.spec, listen } }
}
