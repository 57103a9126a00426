import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Gives a file new content in one step: whoever reads it, also after a crash, finds the old content or
 * the new one and never a part. It stays whose it was, with its mode; `before` tells of it, and is
 * undefined for a new file. Whatever has that name is replaced, a symbolic link too.
 */
export async function replaceFile(
  file: string,
  bytes: Buffer,
  before: Stats | undefined,
): Promise<void> {
  // Beside it, because only within a file system can one file take the place of another.
  const temporary = join(dirname(file), `.sluice-${randomBytes(6).toString('hex')}.tmp`)
  const handle = await open(temporary, NEW, before === undefined ? 0o666 : 0o600)
  try {
    await fill(handle, bytes, before)
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

async function fill(handle: FileHandle, bytes: Buffer, before: Stats | undefined): Promise<void> {
  try {
    await handle.writeFile(bytes)
    if (before !== undefined) {
      // Only root may give files away; to others, one that they may write becomes theirs.
      if (process.geteuid?.() === 0) await handle.chown(before.uid, before.gid)
      await handle.chmod(before.mode & 0o7777)
    }
    // Before the rename, which may otherwise reach the disk first.
    await handle.sync()
  } finally {
    await handle.close()
  }
}
