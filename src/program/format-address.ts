import type { Address } from './spec.ts'

/** Writes an address the way it is given on the command line. */
export function formatAddress({ host, port, path }: Address): string {
  if (path !== undefined) return `unix:${path}`
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
