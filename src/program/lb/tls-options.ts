import type { TlsConnectOptions } from '../../net/tls/options.ts'
import type { UpstreamTlsSpec } from '../spec.ts'

/** What `connect` is told of TLS with endpoints; `pems` are the texts of the files that are named. */
export function tlsOptions(
  { verify, ca, serverName, cert, key }: UpstreamTlsSpec,
  pems: Readonly<Record<string, string>>,
): TlsConnectOptions {
  return {
    verify,
    ...(ca !== undefined && { ca: pems[ca] ?? '' }),
    ...(serverName !== undefined && { servername: serverName }),
    ...(cert !== undefined &&
      key !== undefined && { cert: pems[cert] ?? '', key: pems[key] ?? '' }),
  }
}
