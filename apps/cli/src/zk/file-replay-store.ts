import { existsSync, mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder, takeLock } from '@hufu/files'
import { bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import type { OneUse, ReplayStore } from '@hufu/proofs'
import type { Home } from '../home.ts'

const lockWaitMs = 10_000

/** What one verifier has seen, in the home folder. */
export function replayStoreOf({ replayFolder }: Home, verifier: string): FileReplayStore {
  return new FileReplayStore(join(replayFolder, verifier.replaceAll(/[^A-Za-z0-9-]/g, '_')))
}

/**
 * What a verifier has seen, an empty file each, named by a hash. A crash in the middle leaves some of a presentation's uses recorded, and the presentation
 * unanswered: sent again it is refused, and has to be made anew.
 */
class FileReplayStore implements ReplayStore {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async recordOnce(uses: readonly OneUse[]): Promise<OneUse['kind'] | undefined> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const unlock = await takeLock(join(this.#folder, 'lock'), { waitMs: lockWaitMs })
    try {
      const used = uses.find(use => existsSync(this.#fileOf(use)))
      if (used !== undefined) return used.kind
      for (const use of uses) await (await open(this.#fileOf(use), 'wx', 0o600)).close()
      await syncFolder(this.#folder)
      return undefined
    } finally {
      await unlock()
    }
  }

  #fileOf({ kind, key }: OneUse): string {
    return join(this.#folder, bytesToHex(sha256(utf8ToBytes(`${kind}:${key}`))))
  }
}
