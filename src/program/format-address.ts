import type { Address } from './spec.ts'

/** Writes an address the way it is given on the command line, or as `name:port@address`. */
export function formatAddress({ host, port, path, address }: Address): string {
  if (path !== undefined) return `unix:${path}`
  if (address !== undefined) return `${host}:${port}@${address}`
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
