/**
 * A Dubbo consumer that is not ours, as a process: `sofa-client.js <host:port>` reads a list of calls
 * `[method, ...arguments]` as JSON, makes them all at once, and prints their outcomes.
 */
import { text } from 'node:stream/consumers'
import protocol from 'dubbo-remoting'
import sofa from 'sofa-rpc-node'
import { ECHO_SERVICE, SILENT } from './sofa-service.ts'

const [serverHost = ''] = process.argv.slice(2)
const calls = JSON.parse(await text(process.stdin)) as [method: string, ...values: unknown[]][]
const client = new sofa.client.RpcClient({ logger: SILENT, protocol })
const consumer = client.createConsumer({ ...ECHO_SERVICE, serverHost })
await consumer.ready()

const outcomes = await Promise.all(
  calls.map(async ([method, ...values]) => {
    try {
      return await consumer.invoke(method, values.map(typed), { responseTimeout: 60_000 })
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) }
    }
  }),
)
process.stdout.write(JSON.stringify(outcomes), () => process.exit(0))

/** Values with the Java types that a call has to name. */
function typed(value: unknown): object {
  if (typeof value === 'string') return { $class: 'java.lang.String', $: value }
  if (typeof value === 'number') return { $class: 'int', $: value }
  return { $class: 'java.util.Map', $: value }
}
