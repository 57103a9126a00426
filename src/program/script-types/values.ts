/** Classes and namespaces for data, the system, HTTP and cryptography. */
export const VALUE_TYPES = `interface JSON {
  /** Bytes to a value; undefined when they are not valid. */
  decode(data: Data): any
  encode(
    value: unknown,
    replacer?: ((key: string, value: any, holder: any) => unknown) | null,
    space?: number | null,
  ): Data
}

interface XmlNode {
  readonly name: string
  readonly attributes: Record<string, any> | null
  readonly children: any[] | null
}

declare const XML: {
  Node: new (name: string, attributes?: object | null, children?: any[] | null) => XmlNode
  /** The document; null when it is malformed. */
  parse(text: string): XmlNode | null
  decode(data: Data): XmlNode | null
  stringify(document: XmlNode, space?: number | null): string
  encode(document: XmlNode, space?: number | null): Data
}

declare const Hessian: {
  encode(...values: unknown[]): Data
  decode(data: Data): any
}

declare const console: {
  log(...values: unknown[]): void
  debug(...values: unknown[]): void
  info(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
}

interface Stats {
  readonly dev: number
  readonly ino: number
  readonly mode: number
  readonly nlink: number
  readonly uid: number
  readonly gid: number
  readonly rdev: number
  readonly size: number
  readonly blksize: number
  readonly blocks: number
  /** Whole seconds, like the other times. */
  readonly atime: number
  readonly mtime: number
  readonly ctime: number
  isFile(): boolean
  isDirectory(): boolean
  isCharacterDevice(): boolean
  isBlockDevice(): boolean
  isFIFO(): boolean
  isSymbolicLink(): boolean
  isSocket(): boolean
}

declare const os: {
  readonly env: Record<string, string | undefined>
  /** The bytes of a file; null when it cannot be read. Paths start at the root script's folder. */
  readFile(path: string): Data | null
  stat(path: string): Stats | null
}

/** The parts of an address as they are written. */
declare class URL {
  constructor(url: string, base?: string | URL | null)
  readonly auth: string
  readonly hash: string
  readonly host: string
  readonly hostname: string
  readonly href: string
  readonly origin: string
  readonly password: string
  readonly path: string
  readonly pathname: string
  readonly port: string
  readonly protocol: string
  readonly query: string
  readonly search: string
  readonly username: string
  toString(): string
  toJSON(): string
}

declare namespace http {
  class File {
    constructor(path: string)
    /** The file below the program's root; null when there is none. */
    static from(path: string): File | null
    /** A response with the best encoding that the client accepts. */
    toMessage(acceptEncoding?: string | null): Message
  }
}

declare namespace crypto {
  class Hash {
    constructor(algorithm: string)
    update(data: Data | string, encoding?: DataEncoding | null): this
    digest(): Data
    digest(encoding: DataEncoding): string
  }
  class Hmac {
    constructor(algorithm: string, key: Data | string)
    update(data: Data | string, encoding?: DataEncoding | null): this
    digest(): Data
    digest(encoding: DataEncoding): string
  }
  class Verify {
    constructor(algorithm: string)
    update(data: Data | string, encoding?: DataEncoding | null): this
    verify(key: Data | string, signature: Data | string, encoding?: DataEncoding | null): boolean
  }
  class JWK {
    constructor(jwk: object)
    readonly isValid: boolean
  }
  class JWT {
    constructor(token: string)
    readonly isValid: boolean
    readonly header: any
    readonly payload: any
    verify(key: Data | string | JWK): boolean
  }
}
`
