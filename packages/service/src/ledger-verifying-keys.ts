import { proofs } from '@hufu/bindings'
import { asBoolean, asBytes, asInteger, asStruct, isNull, type LedgerReader, type NetworkDescriptor } from '@hufu/ledger'
import { type CircuitName, checkKeyForNetwork, circuitNames, ProofError, parseVerifyingKey, type VerifyingKey } from '@hufu/proofs'

/** Where the keys are read. */
export interface VerifyingKeySource {
  readonly client: Pick<LedgerReader, 'invokeRead'>
  readonly network: NetworkDescriptor
}

/** A circuit's latest key as it stands on the ledger. */
export interface StoredVerifyingKey {
  readonly version: number
  /** As `encodeVerifyingKey` writes it. */
  readonly file: Uint8Array
}

/** Whether the network refuses development keys. */
export async function isProduction({ client, network }: VerifyingKeySource): Promise<boolean> {
  return asBoolean(await client.invokeRead(proofs(network.contracts.proofs.hash).production()))
}

/** A circuit's latest verifying key; undefined if there is none yet. */
export async function latestVerifyingKey(
  { client, network }: VerifyingKeySource,
  circuitId: CircuitName,
): Promise<StoredVerifyingKey | undefined> {
  const item = await client.invokeRead(proofs(network.contracts.proofs.hash).verifyingKey({ circuitId, version: 0n }))
  if (isNull(item)) return undefined
  const [version, file] = asStruct(item, 6)
  return { version: Number(asInteger(version)), file: asBytes(file) }
}

/**
 * The latest verifying key of every circuit, checked for this network.
 *
 * @throws ProofError `ERR_PROOF_LOOKUP`: a circuit has none yet; `ERR_PROOF_KEY`, `ERR_PROOF_KEY_DEVELOPMENT`; LedgerError as `invokeRead`
 */
export async function ledgerVerifyingKeys(source: VerifyingKeySource): Promise<Readonly<Record<CircuitName, VerifyingKey>>> {
  const production = await isProduction(source)
  const keys: Partial<Record<CircuitName, VerifyingKey>> = {}
  for (const circuit of circuitNames) {
    const stored = await latestVerifyingKey(source, circuit)
    if (stored === undefined) throw new ProofError('ERR_PROOF_LOOKUP', `the network has no verifying key of the circuit ${circuit} yet`)
    const key = parseVerifyingKey(stored.file)
    checkKeyForNetwork(key, { production })
    keys[circuit] = key
  }
  return keys as Record<CircuitName, VerifyingKey>
}
