/** What stands in no namespace. */
export const GLOBAL_TYPES = `/** Calls f(0), f(1), … until it returns something falsy, at most \`count\` times if that is given. */
declare function repeat(f: (index: number) => unknown): any
declare function repeat(count: number, f: (index: number) => unknown): any

/** Path of the module, with a leading slash. */
declare const __filename: string
/** What the module was given by \`use\`. */
declare const __argv: any[]
/** The connection that the running context belongs to. */
declare const __inbound: Inbound

/** Begins a program; \`variables\` are the initial values of its context variables. */
declare function pipy(variables?: object): Configuration
`
