import { AddressError, parseTargetAddress, parseAddress as read } from '../program/parse-address.ts'
import type { Address, EndpointSpec, ListenSpec } from '../program/spec.ts'
import { UsageError } from './usage-error.ts'

const MAX_WEIGHT = 256

/** Parses `8080`, `:8080`, `host:8080`, `[::1]:8080` or `unix:/path`, the value of `--listen`. */
export function parseListen(text: string): ListenSpec {
  return parseAddress(text, '--listen', '0.0.0.0')
}

/** Parses an address with an optional `=weight`, the value of `--to`. */
export function parseEndpoint(text: string): EndpointSpec {
  const [, address = text, weightText] = /^(.+)=(\d*)$/.exec(text) ?? []
  const weight = weightText === undefined ? 1 : Number(weightText)
  if (weight < 1 || weight > MAX_WEIGHT)
    throw new UsageError(`--to ${text}: weight must be 1 to ${MAX_WEIGHT}`)
  return { ...namingOption(`--to ${text}`, () => parseTargetAddress(address)), weight }
}

/** Parses an address, the value of `option`; one without a host gets `defaultHost`. */
export function parseAddress(text: string, option: string, defaultHost: string): Address {
  return namingOption(`${option} ${text}`, () => read(text, defaultHost))
}

function namingOption<T>(option: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(`${option}: ${error.message}`)
    throw error
  }
}
