/** One script file, ready to run: plain data that survives a structured clone between threads. */
export interface CompiledModule {
  /** Path from the program's root, with a leading slash: what `__filename` yields. */
  readonly path: string
  /** The text as written, for showing lines of it in errors. */
  readonly source: string
  /** Body of a function with `parameters`, returning the module's configuration. */
  readonly code: string
  /** Names of the scope cell and of the arithmetic helpers, then `globals`. */
  readonly parameters: readonly string[]
  /** Global names that the code takes as parameters; the others it finds in the realm. */
  readonly globals: readonly string[]
  /** Names of the context variables, or null when only evaluating the script can tell. */
  readonly variables: readonly string[] | null
  /** With `variables` null: names taken for context variables, to be checked after evaluation. */
  readonly assumed: readonly AssumedVariable[]
  /** Modules named by a literal in `use('…', …)`, in order of appearance, each once. */
  readonly uses: readonly ModuleUse[]
  /** Whether some `use` call names its module by an expression. */
  readonly hasComputedUse: boolean
  /** Position table, see position-table.ts. */
  readonly positions: Uint32Array
  readonly warnings: readonly ScriptWarning[]
}

/** A free identifier that is right only if the evaluated script declares it. */
export interface AssumedVariable {
  readonly name: string
  readonly offset: number
}

/** A reference to another module. */
export interface ModuleUse {
  /** As written in the script. */
  readonly name: string
  readonly offset: number
}

/** Something odd that does not keep a script from running. */
export interface ScriptWarning {
  readonly message: string
  readonly line: number
  readonly column: number
}

/** A program: modules in load order, the root module first. */
export interface CompiledProgram {
  /** Absolute path of the directory that module paths are relative to. */
  readonly root: string
  readonly modules: readonly CompiledModule[]
}
