/** Settings that are the same on every node of a network, or its nodes are of different ones. */
export interface ProtocolSettings {
  /** A block comes so long after a transaction. */
  readonly timePerBlockMs: number
  /** A block comes so long after the one before, without transactions. */
  readonly maxTimePerBlockMs: number
  readonly maxTransactionsPerBlock: number
  readonly maxBlockBytes: number
  readonly maxBlockSystemFeeDatoshi: number
  readonly pooledTransactions: number
  readonly maxTraceableBlocks: number
  readonly maxValidUntilBlockIncrement: number
}

/** Settings of local networks; measured, see README.md. */
export const localProtocol: ProtocolSettings = {
  timePerBlockMs: 200,
  maxTimePerBlockMs: 2_000,
  maxTransactionsPerBlock: 65_535,
  maxBlockBytes: 16_777_216,
  maxBlockSystemFeeDatoshi: 50_000_000_000_000,
  pooledTransactions: 200_000,
  maxTraceableBlocks: 2_102_400,
  maxValidUntilBlockIncrement: 86_400,
}

/** What every node of a network has the same in its configuration, and where it looks for the others. */
export interface ProtocolInput {
  readonly magic: number
  /** Validators at genesis, compressed public keys, hexadecimal: their order counts. */
  readonly standbyKeys: readonly string[]
  readonly settings: ProtocolSettings
  /** `host:port` of other nodes. */
  readonly seeds: readonly string[]
}

/** neo-go's `ProtocolConfiguration`. */
export function protocolConfiguration({ magic, standbyKeys, settings, seeds }: ProtocolInput) {
  const timePerBlock = `${settings.timePerBlockMs}ms`
  return {
    Magic: magic,
    TimePerBlock: timePerBlock,
    MaxTimePerBlock: `${settings.maxTimePerBlockMs}ms`,
    Genesis: { TimePerBlock: timePerBlock, MaxValidUntilBlockIncrement: settings.maxValidUntilBlockIncrement },
    MaxTraceableBlocks: settings.maxTraceableBlocks,
    MaxTransactionsPerBlock: settings.maxTransactionsPerBlock,
    MaxBlockSize: settings.maxBlockBytes,
    MaxBlockSystemFee: settings.maxBlockSystemFeeDatoshi,
    MemPoolSize: settings.pooledTransactions,
    P2PSigExtensions: true,
    VerifyTransactions: true,
    // Read by the light client: docs/decisions/0001-state-roots.md.
    StateRootInHeader: true,
    StandbyCommittee: standbyKeys,
    ValidatorsCount: standbyKeys.length,
    SeedList: seeds,
  }
}
