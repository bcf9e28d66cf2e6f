import { Journal } from '@hufu/files'
import { MemoryTreeLog, type TreeLog, type TreeLogEntry } from '@hufu/proofs'

/** An issuer's log of what it did to leaves, in a file. */
export interface OpenTreeLog {
  readonly log: TreeLog
  close(): Promise<void>
}

/**
 * Opens the log, making the file if it is not there. It holds the leaves of suspended credentials: without it they cannot be reinstated.
 *
 * @throws FileError `ERR_FILE_LOCKED`: another process works with it; `ERR_FILE_DAMAGED`
 */
export async function openTreeLog(file: string): Promise<OpenTreeLog> {
  const { journal, records } = await Journal.open<TreeLogEntry>(file)
  return { log: new MemoryTreeLog(records, entry => journal.append(entry)), close: () => journal.close() }
}
