import { LedgerError, type LightClient, type NetworkDescriptor, type ProofBundle, parseHeader } from '@hufu/ledger'
import { base64ToBytes, utf8ToBytes } from '@hufu/primitives'

/** The whole registry of grants with its history, as plain JSON: enough to say offline who was trusted for what at any time until then. */
export interface TrustEvidence {
  readonly version: 1
  readonly magic: number
  readonly contractId: number
  /** The registry is as it was after this block. */
  readonly blockIndex: number
  /** Headers that name new validators, in order, then the one with the state root; base64. */
  readonly headers: readonly string[]
  /** Every grant's latest and earlier states: storage key and answer to `getproof`, base64. */
  readonly entries: readonly { readonly key: string; readonly proof: string }[]
}

// Storage layout: contracts/trust/doc.go.
const prefixes = ['g', 'G'] as const

/**
 * Collects the registry's grants with their history, each entry with its proof, all under one header. That no grant was left out is the nodes' word
 * (absence has no proof), but of the grants in it no change can be missing: they are numbered.
 *
 * @param onProgress - told how many of how many entries are proven
 * @throws LedgerError as `LightClient.proofBundle`
 */
export async function exportTrustEvidence(
  client: Pick<LightClient, 'sync' | 'storageKeys' | 'proofBundle'>,
  network: Pick<NetworkDescriptor, 'contracts' | 'magic'>,
  options: { readonly atBlockIndex?: number; readonly onProgress?: (done: number, all: number) => void } = {},
): Promise<TrustEvidence> {
  const contract = network.contracts.trust
  const atBlockIndex = options.atBlockIndex ?? (await client.sync()).blockIndex - 1
  const lists = await Promise.all(prefixes.map(prefix => client.storageKeys(contract, utf8ToBytes(prefix), { atBlockIndex })))
  const keys = lists.flat()
  const bundles: ProofBundle[] = []
  for (const key of keys) {
    bundles.push(await client.proofBundle(contract, key, { atBlockIndex }))
    options.onProgress?.(bundles.length, keys.length)
  }
  const [first] = bundles
  if (first === undefined) throw new LedgerError('ERR_LEDGER_ABSENT', 'the trust registry has no grants at this block')
  return {
    version: 1,
    magic: network.magic,
    contractId: contract.id,
    blockIndex: parseHeader(base64ToBytes(first.headers.at(-1)!)).blockIndex - 1,
    headers: first.headers,
    entries: bundles.map(({ key, proof }) => ({ key, proof })),
  }
}
