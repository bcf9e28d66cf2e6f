import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder, writeFileWhole } from '@hufu/files'
import type { StoredNodes, TreeFollower, TreeSnapshot } from '@hufu/proofs'

const stateFile = 'state'
const suffix = '.nodes'

/**
 * Keeps snapshots of trees in a folder: one file of nodes for each tree, written only where it has changed, and a state that names them, written last. A
 * crash leaves the snapshot before.
 */
export class TreeFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Fills a new follower; false where there is no snapshot. @throws ProofError `ERR_PROOF_TREE`: the files are damaged */
  async load(follower: TreeFollower): Promise<boolean> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const state = await readFile(join(this.#folder, stateFile)).catch(undefinedIfMissing)
    if (state === undefined) return false
    // A file that is missing is damage as any other: its digest will not match.
    await follower.load(state, async name => (await readFile(this.#fileOf(name)).catch(undefinedIfMissing)) ?? new Uint8Array())
    return true
  }

  /** Keeps a snapshot in place of the one before. The trees must not change until it settles. */
  async save({ state, trees }: TreeSnapshot): Promise<void> {
    const present = new Set(await readdir(this.#folder))
    for (const nodes of trees) if (!present.has(`${nodes.name}${suffix}`)) await this.#write(nodes)
    await syncFolder(this.#folder)
    await writeFileWhole(join(this.#folder, stateFile), state)
    const named = new Set(trees.map(({ name }) => `${name}${suffix}`))
    for (const file of present) if (file !== stateFile && !named.has(file)) await rm(join(this.#folder, file), { force: true })
  }

  /** Forgets all. */
  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
  }

  async #write({ name, pieces }: StoredNodes): Promise<void> {
    const temporary = this.#fileOf(`new-${name}`)
    const handle = await open(temporary, 'w', 0o600)
    try {
      for (const piece of pieces()) await handle.writeFile(piece)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, this.#fileOf(name))
  }

  #fileOf(name: string): string {
    return join(this.#folder, `${name}${suffix}`)
  }
}

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
