import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { HELP_OPTION } from './common-options.ts'
import { type HelpPage, renderHelp } from './help.ts'
import { type OptionSpec, parseOptions } from './option-table.ts'
import { UsageError } from './usage-error.ts'

const OPTIONS: readonly OptionSpec[] = [HELP_OPTION]

const HELP: HelpPage = {
  usage: ['sluice types [<script file or directory>]'],
  about:
    'Writes sluice.d.ts beside scripts, and jsconfig.json unless it is there: editors then ' +
    'complete filters and classes, and check their arguments. Default: the current directory.',
  sections: [{ title: 'Options', options: OPTIONS }],
  examples: [{ command: 'sluice types proxy.js', doc: 'For a script and what lies beside it' }],
}

const DECLARATIONS = 'sluice.d.ts'
const PROJECT = 'jsconfig.json'

/** Scripts have the globals of Sluice, and none of a browser or of Node. */
const PROJECT_TEXT = `{
  "compilerOptions": {
    "checkJs": true,
    "strict": false,
    "target": "es2022",
    "lib": ["es2023"],
    "types": []
  },
  "include": ["**/*.js", "${DECLARATIONS}"]
}
`

/** `sluice types`: type declarations for editors. */
export async function runTypesCommand(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS)
  if (options.isSet('help')) {
    process.stdout.write(renderHelp(HELP))
    return
  }
  const [name = '.', extra] = options.positionals
  if (extra !== undefined) throw new UsageError(`unexpected argument: ${extra}`)
  const path = resolve(name)
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw new UsageError(`file or directory does not exist: ${path}`)
  const folder = stat.isDirectory() ? path : dirname(path)

  const { registry } = await import('../filters/index.ts')
  const { renderTypeDeclarations } = await import('../program/type-declarations.ts')
  const variables = await variablesOf(folder)
  const files = [write(folder, DECLARATIONS, renderTypeDeclarations(registry.values(), variables))]
  if (!existsSync(join(folder, PROJECT))) files.push(write(folder, PROJECT, PROJECT_TEXT))
  process.stdout.write(files.map((file) => `${file}\n`).join(''))
}

/** The context variables of all scripts in a folder; what does not parse has none. */
async function variablesOf(folder: string): Promise<string[]> {
  const { compileModule } = await import('../program/script/compile-module.ts')
  const { ScriptError } = await import('../program/script/script-error.ts')
  return scriptsIn(folder).flatMap((file) => {
    try {
      const path = `/${relative(folder, file)}`
      const { variables, assumed } = compileModule({ path, text: readFileSync(file, 'utf8') })
      return variables ?? assumed.map(({ name }) => name)
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error
      process.stderr.write(`sluice: ${relative('.', file)}: ${error.message}\n`)
      return []
    }
  })
}

function scriptsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return []
    if (entry.isDirectory()) return scriptsIn(path)
    return entry.isFile() && entry.name.endsWith('.js') ? [path] : []
  })
}

function write(folder: string, name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return relative('.', file)
}
