import { StartError } from './start-error.ts'

/** The folder that paths of the program are relative to, which is that of the process. */
let folder: string | undefined

/**
 * Goes to the folder of a program: only the main thread can, and there is one for all threads. Returns
 * what goes back. Throws `StartError` when there is no such folder.
 */
export function enterProgramFolder(path: string): () => void {
  const before = folder
  try {
    process.chdir(path)
  } catch {
    throw new StartError('the folder of the program is not there any more: open it where it is now')
  }
  folder = path
  return () => {
    folder = before
    if (before !== undefined) returnToProgramFolder()
  }
}

/**
 * Goes there again, before something is loaded or a thread starts: by now another folder may have
 * its name, as after a new release. If none has, it is the root, since no thread starts nowhere.
 */
export function returnToProgramFolder(): void {
  if (folder === undefined) return
  try {
    process.chdir(folder)
  } catch {
    process.chdir('/')
  }
}
