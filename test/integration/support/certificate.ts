import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** Makes a certificate for the tests of a file, which is gone after them. */
export function makeCertificateFiles(): CertificateFiles {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-certificate-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const cert = join(folder, 'cert.pem')
  const key = join(folder, 'key.pem')
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-days', '2', '-subj', '/CN=here.test', '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  )
  return { cert, key }
}

/** What scripts write in `tls` for the certificate in files. */
export function certificateOption({ cert, key }: CertificateFiles): string {
  return `cert: os.readFile('${cert}').toString(), key: os.readFile('${key}').toString()`
}

/** Makes a certificate for the tests of a file; returns what scripts write for it in `tls`. */
export function makeCertificate(): string {
  return certificateOption(makeCertificateFiles())
}
