/** A Dubbo provider that is not ours, as a process: `sofa-server.js <port> <name>`. */
import protocol from 'dubbo-remoting'
import sofa from 'sofa-rpc-node'
import { ECHO_SERVICE, SILENT } from './sofa-service.ts'

const [port = '0', name = ''] = process.argv.slice(2)
const server = new sofa.server.RpcServer({
  logger: SILENT,
  protocol,
  port: Number(port),
  version: ECHO_SERVICE.version,
})
server.addService(ECHO_SERVICE, {
  echo: async (value: unknown) => value,
  plus: async (a: number, b: number) => a + b,
  name: async () => name,
  fail: async () => {
    throw new Error('as asked')
  },
  sleep: async (ms: number) => {
    console.log('asleep')
    await new Promise((resolve) => setTimeout(resolve, ms))
    return ms
  },
})
await server.start()
console.log('ready')
