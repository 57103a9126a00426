import { main } from './load/main.ts'

process.exitCode = await main(process.argv.slice(2))
