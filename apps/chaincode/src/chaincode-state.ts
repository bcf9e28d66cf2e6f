/** The channel's state and who calls, as one call sees them. What a call writes, it does not read back: Fabric applies writes after it. */
export interface ChaincodeState {
  readonly channel: string
  readonly transactionId: string
  readonly caller: { readonly mspId: string; readonly isAdmin: boolean }
  /**
   * When the transaction was made, milliseconds since 1970: the same for all endorsers, each of which signs only what its own clock agrees with.
   *
   * @throws ChaincodeError `ERR_CHAINCODE_CLOCK`: more than a minute from this endorser's
   */
  timeMs(): number
  get(key: string): Promise<Uint8Array | undefined>
  put(key: string, value: Uint8Array): Promise<void>
  /** All values that a key ever had, the oldest first. */
  history(key: string): Promise<readonly PastValue[]>
  /** What followers of the channel are told; a call has one event, the last one given. */
  event(name: string, payload: Uint8Array): void
}

/** A value that a key had. */
export interface PastValue {
  readonly transactionId: string
  /** By the clock of whoever sent the transaction. */
  readonly timeMs: number
  readonly value: Uint8Array
}
