import { existsSync, readFileSync } from 'node:fs'
import { arch, platform, release } from 'node:os'

interface BuildInfo {
  version: string
  commit: string
  commitDate: string
}

/** Renders what `--version` prints: five `Label : value` lines. */
export function renderVersion(): string {
  const { version, commit, commitDate } = readBuildInfo()
  return [
    `Version     : ${version}`,
    `Commit      : ${commit}`,
    `Commit Date : ${commitDate}`,
    `Host        : ${platform()}-${release()} ${arch()}, Node.js ${process.version}`,
    `OpenSSL     : ${process.versions.openssl}`,
    '',
  ].join('\n')
}

/** The version of this Sluice. */
export function readVersion(): string {
  return readBuildInfo().version
}

function readBuildInfo(): BuildInfo {
  // Sources are in src/cli, what runs is in dist/src/cli.
  const root = new URL('../../../', import.meta.url)
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  const buildFile = new URL('dist/build.json', root)
  if (!existsSync(buildFile)) return { version, commit: 'unknown', commitDate: 'unknown' }
  const { commit, commitDate } = JSON.parse(readFileSync(buildFile, 'utf8'))
  return { version, commit, commitDate }
}
