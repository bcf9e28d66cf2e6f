import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { bytesToUtf8, concatBytes, utf8ToBytes } from '@hufu/primitives'
import { FileError } from './errors.ts'
import { takeLock, type Unlock } from './process-lock.ts'
import { syncFolder, writeFileWhole } from './write-file-whole.ts'

const newline = 0x0a
const checksumLength = 8
const maxRecordBytes = 1_048_576

interface Waiting {
  readonly line: Uint8Array
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * An append-only file of records, anything JSON can hold, one a line behind its checksum, for one process at a time.
 *
 * A record counts once `append` settles: it is then on disk. Records that wait at the same time share one write and one fsync. A record that a
 * crash cut short is dropped at the next opening; a damaged record before the last is an error, never skipped.
 */
export class Journal<Record> {
  readonly #file: string
  readonly #unlock: Unlock
  #handle: FileHandle
  #length: number
  #waiting: Waiting[] = []
  #flushing: Promise<void> | undefined
  #broken: FileError | undefined

  private constructor(file: string, unlock: Unlock, handle: FileHandle, length: number) {
    this.#file = file
    this.#unlock = unlock
    this.#handle = handle
    this.#length = length
  }

  /**
   * Opens a journal, making the file and its folder if they are not there.
   *
   * @param options.lockWaitMs - how long to wait for another process to let go; default 0
   * @returns the journal, and the records it holds
   * @throws FileError `ERR_FILE_LOCKED`; `ERR_FILE_DAMAGED`: a record other than a cut last one does not match its checksum
   */
  static async open<Record>(
    file: string,
    options: { readonly lockWaitMs?: number } = {},
  ): Promise<{ readonly journal: Journal<Record>; readonly records: readonly Record[] }> {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const unlock = await takeLock(`${file}.lock`, { waitMs: options.lockWaitMs ?? 0 })
    let handle: FileHandle | undefined
    try {
      handle = await open(file, 'a+', 0o600)
      await syncFolder(dirname(file))
      const bytes = new Uint8Array(await readFile(handle))
      const { records, length, cut } = parse<Record>(bytes, basename(file))
      if (cut) await handle.truncate(length)
      await makeDurable(file, bytes.subarray(0, length), handle)
      return { journal: new Journal<Record>(file, unlock, handle, length), records }
    } catch (error) {
      await handle?.close()
      await unlock()
      throw error
    }
  }

  /** Size of the file. */
  get byteLength(): number {
    return this.#length
  }

  /**
   * Adds a record; settles once it is on disk.
   *
   * @throws FileError `ERR_FILE_FULL`: the disk is full, the record was not added and later ones may be; `ERR_FILE_IO`: the disk failed, and
   *   should the process end before the next record is added, the record may or may not be there; `ERR_FILE_RECORD`: over 1 MiB
   */
  append(record: Record): Promise<void> {
    const line = lineOf(record)
    if (line.length > maxRecordBytes)
      return Promise.reject(new FileError('ERR_FILE_RECORD', `a record of ${basename(this.#file)} is over ${maxRecordBytes} bytes`))
    return this.#flushed(line)
  }

  /** Tries whether a disk that failed can be written again, as the next `append` would. @throws FileError as `append`: it cannot */
  async mend(): Promise<void> {
    if (this.#broken !== undefined) await this.#flushed(new Uint8Array())
  }

  /**
   * Replaces all records, whole or not at all. Nothing may be appended meanwhile.
   *
   * @throws FileError `ERR_FILE_FULL`: the disk is full, the records are as they were; `ERR_FILE_IO`: as `append`
   */
  async rewrite(records: readonly Record[]): Promise<void> {
    await this.#flushing
    await this.#replace(concatBytes(...records.map(lineOf)))
  }

  /** Waits for what was appended, closes the file and lets go of it. */
  async close(): Promise<void> {
    await this.#flushing
    await this.#handle.close()
    await this.#unlock()
  }

  #flushed(line: Uint8Array): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#waiting.push({ line, resolve, reject })
      this.#flushing ??= this.#flush()
    })
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        await this.#write(concatBytes(...batch.map(({ line }) => line)))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    // In the same turn as the loop's last look: a record that comes later starts a flush of its own.
    this.#flushing = undefined
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.#broken !== undefined) await this.#replace(await this.#acknowledged())
    try {
      await this.#handle.appendFile(bytes)
    } catch (cause) {
      throw await this.#takeBack(cause)
    }
    try {
      await this.#handle.datasync()
    } catch (cause) {
      // After a failed fsync nobody knows what is on disk, and a second fsync would lie: the system takes for written what it could not write.
      throw this.#break(cause)
    }
    this.#length += bytes.length
  }

  /** What was on disk before it failed. Memory still has it, or the disk, where nothing was written over it. */
  async #acknowledged(): Promise<Uint8Array> {
    const bytes = new Uint8Array(this.#length)
    try {
      const { bytesRead } = await this.#handle.read(bytes, 0, bytes.length, 0)
      if (bytesRead === bytes.length && !parse(bytes, basename(this.#file)).cut) return bytes
    } catch (cause) {
      throw this.#break(cause)
    }
    throw this.#break(undefined)
  }

  /** Makes a new file with this content the journal; one that failed is written again with it. */
  async #replace(content: Uint8Array): Promise<void> {
    const replaced = this.#handle
    try {
      await writeFileWhole(this.#file, content)
      this.#handle = await open(this.#file, 'a+', 0o600)
    } catch (cause) {
      throw isFull(cause) ? this.#full(cause) : this.#break(cause)
    }
    this.#length = content.length
    this.#broken = undefined
    // Whatever may still come of the old file, nobody needs it.
    await replaced.close().catch(() => undefined)
  }

  /** Cuts off what a failed write may have left, so that the file is as it was. */
  async #takeBack(cause: unknown): Promise<FileError> {
    try {
      await this.#handle.truncate(this.#length)
    } catch (truncateCause) {
      return this.#break(truncateCause)
    }
    return isFull(cause) ? this.#full(cause) : this.#break(cause)
  }

  #full(cause: unknown): FileError {
    const message = `no room on the disk for ${basename(this.#file)}; free some, then try again: nothing was lost`
    return new FileError('ERR_FILE_FULL', message, { cause })
  }

  #break(cause: unknown): FileError {
    const message = `${basename(this.#file)} cannot be written; check the disk, then try again: what was acknowledged is kept`
    this.#broken = new FileError('ERR_FILE_IO', message, { cause })
    return this.#broken
  }
}

/**
 * Makes sure that what was read is on the disk. It may be in memory only: the process before was killed before its fsync, or its fsync failed, and then
 * the system takes pages for written that are not. Written again in place, the same bytes over themselves, they are; a crash meanwhile changes nothing.
 */
async function makeDurable(file: string, bytes: Uint8Array, handle: FileHandle): Promise<void> {
  if (bytes.length > 0) {
    const inPlace = await open(file, 'r+')
    try {
      await inPlace.writeFile(bytes)
    } finally {
      await inPlace.close()
    }
  }
  await handle.sync()
}

function isFull(cause: unknown): boolean {
  const { code } = cause as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
}

function lineOf(record: unknown): Uint8Array<ArrayBuffer> {
  const json = utf8ToBytes(JSON.stringify(record))
  return concatBytes(utf8ToBytes(`${checksumOf(json)} `), json, Uint8Array.of(newline))
}

function checksumOf(json: Uint8Array): string {
  return crc32(json).toString(16).padStart(checksumLength, '0')
}

function parse<Record>(bytes: Uint8Array, name: string): { records: readonly Record[]; length: number; cut: boolean } {
  const records: Record[] = []
  let start = 0
  for (;;) {
    const end = bytes.indexOf(newline, start)
    // Without its newline the last record was never acknowledged: a crash cut it.
    if (end < 0) return { records, length: start, cut: start < bytes.length }
    const json = bytes.subarray(start + checksumLength + 1, end)
    const checksum = bytes.subarray(start, Math.min(start + checksumLength + 1, end))
    if (bytesToLatin1(checksum) !== `${checksumOf(json)} `)
      throw new FileError(
        'ERR_FILE_DAMAGED',
        `record ${records.length + 1} of ${name} does not match its checksum; restore the file from a backup`,
      )
    records.push(JSON.parse(bytesToUtf8(json)) as Record)
    start = end + 1
  }
}

function bytesToLatin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}
