/** The parts that tests use of packages without types of their own. */
declare module 'hessian.js' {
  interface Codec {
    encode(value: unknown, version: '2.0'): Buffer
    decode(bytes: Buffer, version: '2.0'): unknown
  }
  const hessian: Codec & {
    EncoderV2: new () => { write(value: unknown): void; get(): Buffer }
    DecoderV2: new (bytes: Buffer) => { read(): unknown }
  }
  export = hessian
}

declare module 'dubbo-remoting' {
  const protocol: object
  export = protocol
}

declare module 'sofa-rpc-node' {
  interface Logger {
    debug(): void
    info(): void
    warn(): void
    error(): void
  }
  interface Service {
    interfaceName: string
    version: string
  }
  const sofa: {
    server: {
      RpcServer: new (options: {
        logger: Logger
        protocol: object
        port: number
        version: string
      }) => {
        addService(service: Service, methods: Record<string, (...args: never[]) => unknown>): void
        start(): Promise<void>
      }
    }
    client: {
      RpcClient: new (options: {
        logger: Logger
        protocol: object
      }) => {
        createConsumer(service: Service & { serverHost: string }): {
          ready(): Promise<void>
          invoke(method: string, args: unknown[], options: object): Promise<unknown>
        }
      }
    }
  }
  export = sofa
}
