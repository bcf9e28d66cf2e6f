import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder, writeFileWhole } from '@hufu/files'
import { type OneUseStore, type PreparedCredential, parsePrepared, writePrepared } from '@hufu/proofs'

/** A wallet's prepared proofs, a file each. An item is off the disk before it is shown. */
export class FileOneUseStore implements OneUseStore<PreparedCredential> {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async list(): Promise<readonly PreparedCredential[]> {
    if (!existsSync(this.#folder)) return []
    return readdirSync(this.#folder)
      .filter(file => file.endsWith('.json'))
      .flatMap(file => this.#read(file))
  }

  /** None if another process has taken it out meanwhile. */
  #read(file: string): readonly PreparedCredential[] {
    try {
      return [parsePrepared(readFileSync(join(this.#folder, file), 'utf8'))]
    } catch (error) {
      if (isAbsent(error)) return []
      throw error
    }
  }

  async add(item: PreparedCredential): Promise<void> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    await writeFileWhole(join(this.#folder, `${item.id}.json`), writePrepared(item))
  }

  async takeOut(id: string): Promise<boolean> {
    try {
      await unlink(join(this.#folder, `${id}.json`))
    } catch (error) {
      if (isAbsent(error)) return false
      throw error
    }
    await syncFolder(this.#folder)
    return true
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
