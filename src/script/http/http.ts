import { HttpFile, loadHttpFile } from './file.ts'

/** `http.File` as scripts see it. */
export interface HttpFileClass {
  /** Throws when there is no such file. */
  new (path: string): HttpFile
  /** The file below the program's root; null when there is none. */
  from(path: string): HttpFile | null
}

/** The `http` that scripts see. */
export interface ScriptHttp {
  readonly File: HttpFileClass
}

/** Makes an `http` whose files lie below `root`. */
export function createHttp(root: string): ScriptHttp {
  // A constructor that returns another object, so that both ways give the same class.
  function File(path: string): HttpFile {
    const file = loadHttpFile(root, path)
    if (file === null) throw new Error(`cannot open file ${path}`)
    return file
  }
  File.from = (path: string): HttpFile | null => loadHttpFile(root, path)
  File.prototype = HttpFile.prototype
  // A function called with `new` is a constructor, which its type does not say.
  return { File: File as unknown as HttpFileClass }
}
