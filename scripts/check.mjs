/**
 * Static checks: types, format and lint of TypeScript, format of C++, direction of imports. With
 * `--fix` it formats, and fixes what is safe to fix, instead.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

let isFailed = false

if (process.argv.includes('--fix')) {
  check('format and lint', 'node_modules/.bin/biome', ['check', '--write', '.'])
  checkNativeFormat(['-i'])
} else {
  // Incremental: what has not changed since the last check is not looked at again.
  checkTypes('types', 'tsconfig.json', 'check')
  checkTypes('types of the web UI', 'gui/tsconfig.json', 'check-gui')
  check('format and lint', 'node_modules/.bin/biome', ['check', '--error-on-warnings', '.'])
  checkNativeFormat(['--dry-run', '--Werror'])
  check('import direction', process.execPath, ['scripts/test.mjs', 'structure/'])
}
process.exit(isFailed ? 1 : 0)

function check(title, command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  const isGood = status === 0
  console.log(`${isGood ? 'ok    ' : 'FAILED'} ${title}`)
  if (isGood) return
  console.log(error ? String(error) : `${stdout}${stderr}`.trimEnd())
  isFailed = true
}

function checkTypes(title, project, memory) {
  check(title, 'node_modules/.bin/tsc', [
    ...['--project', project, '--noEmit'],
    ...['--incremental', '--tsBuildInfoFile', `dist/${memory}.tsbuildinfo`],
  ])
}

function checkNativeFormat(mode) {
  if (spawnSync('clang-format', ['--version']).status !== 0) {
    console.log('skip   C++ format: clang-format is not installed')
    return
  }
  const files = ['native', 'test'].flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((name) => /\.(cc|h)$/.test(name))
      .map((name) => join(folder, name)),
  )
  if (files.length > 0) check('C++ format', 'clang-format', [...mode, ...files])
}
