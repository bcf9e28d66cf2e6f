/** Where a light client keeps what it has verified, so that it need not start from its anchor again. What comes back is verified again: the store need not be trusted. */
export interface HeaderStore {
  /** What was saved last; nothing saved yet is an empty list. Headers in base64. */
  load(): Promise<readonly string[]>
  /** Replaces what was saved before. */
  save(headers: readonly string[]): Promise<void>
}
