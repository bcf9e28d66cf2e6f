/** What an issuer did to leaves and why: its own record, which is not on the ledger. */
export interface TreeLogEntry {
  readonly action: 'revoke' | 'suspend' | 'reinstate'
  /** The issuer's reason, as its rules name it. */
  readonly reason: string
  readonly atMs: number
  readonly leaves: readonly {
    readonly index: number
    /** The leaf of the credential while it is valid, 32 bytes in hexadecimal: what is needed to reinstate it. */
    readonly leaf: string
  }[]
}

/** Where an issuer keeps what it did to leaves. */
export interface TreeLog {
  /** Settles once the entry is kept for good: what it says is done after that. */
  append(entry: TreeLogEntry): Promise<void>
  /** The latest entry about a leaf, and the leaf; undefined if there is none. */
  latest(index: number): Promise<{ readonly action: TreeLogEntry['action']; readonly leaf: string } | undefined>
}

/** Keeps the log in memory, and starts from entries that were kept elsewhere. */
export class MemoryTreeLog implements TreeLog {
  readonly #latest = new Map<number, { readonly action: TreeLogEntry['action']; readonly leaf: string }>()
  readonly #keep: (entry: TreeLogEntry) => Promise<void>

  /**
   * @param entries - what was kept before, in order
   * @param keep - keeps an entry for good, for instance in a journal
   */
  constructor(entries: Iterable<TreeLogEntry> = [], keep: (entry: TreeLogEntry) => Promise<void> = async () => undefined) {
    this.#keep = keep
    for (const entry of entries) this.#remember(entry)
  }

  async append(entry: TreeLogEntry): Promise<void> {
    await this.#keep(entry)
    this.#remember(entry)
  }

  async latest(index: number): Promise<{ readonly action: TreeLogEntry['action']; readonly leaf: string } | undefined> {
    return this.#latest.get(index)
  }

  #remember({ action, leaves }: TreeLogEntry): void {
    for (const { index, leaf } of leaves) this.#latest.set(index, { action, leaf })
  }
}
