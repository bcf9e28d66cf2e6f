import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

let written = 0

/** Replaces a file: after a crash it holds the old content or the new, whole, and what was acknowledged is on disk. Of two at once, one comes last. */
export async function writeFileWhole(file: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const temporary = `${file}.new-${process.pid}-${written++}`
  try {
    const handle = await open(temporary, 'w', mode)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(dirname(file))
}

/** Makes the names in a folder durable: without it a crash can undo a rename or the making of a file. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
