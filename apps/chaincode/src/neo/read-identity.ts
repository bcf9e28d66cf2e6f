import { accountOfDid, networkOfDid, parseDid, provenSource } from '@hufu/did'
import { type ContractDescriptor, LedgerError, parseScriptHash, type VerifiedEntry } from '@hufu/ledger'
import { bytesToHex, errorCode, sha256 } from '@hufu/primitives'
import { type GrantKey, type GrantKind, provenTrustSource, standingOf } from '@hufu/trust'
import type { ChaincodeState } from '../chaincode-state.ts'
import { ChaincodeError } from '../errors.ts'
import { expected } from '../json.ts'
import { type AnchoredEntry, anchoredValue, findStored } from './anchor-entry.ts'
import { type AnchoredContract, findNetwork, type NeoNetwork, parseMagic } from './neo-network.ts'

/** As of when something is known. */
interface AsOf {
  /** It was so after this block of Neo, and until this time by Neo's clock. */
  readonly blockIndex: number
  readonly headerTimeMs: number
}

/** What the channel knows of an identifier. */
export interface IdentifierOnChannel extends AsOf {
  readonly did: string
  readonly version: number
  readonly deactivated: boolean
  readonly controller: string
  /** SHA-256 of the document as stored. */
  readonly documentHash: string
}

/** What the channel knows of a grant. */
export interface GrantOnChannel extends AsOf {
  readonly sequence: number
  /** As of `headerTimeMs`. */
  readonly standing: string
  readonly reason: number
  readonly validFromMs: number
  readonly validUntilMs: number
}

const grantKinds: readonly GrantKind[] = ['authority', 'institution', 'issue', 'ask']

/** Reads an identifier whose entry was anchored. @throws ChaincodeError `ERR_CHAINCODE_ABSENT`, `ERR_CHAINCODE_NETWORK`, `ERR_CHAINCODE_REQUEST` */
export async function readIdentifier(state: ChaincodeState, magicText: string, didText: string): Promise<IdentifierOnChannel> {
  const network = await findNetwork(state, parseMagic(magicText))
  const did = syntactic(() => parseDid(didText))
  if (networkOfDid(did) !== network.name) throw expected('a DID of the network')
  const asOf: AnchoredEntry[] = []
  const source = provenSource(
    { verifiedStorage: anchoredStorage(state, network, 'identifiers', asOf), proofBundle: noBundle },
    descriptorOf(network),
  )
  const found = await source.findState(accountOfDid(did), 'latest')
  if (found === null) throw new ChaincodeError('ERR_CHAINCODE_ABSENT', 'the identifier was never anchored here')
  const { version, deactivated, controller, document } = found
  return { did, version, deactivated, controller, documentHash: bytesToHex(sha256(document)), ...oldest(asOf) }
}

/**
 * Reads a grant whose entry was anchored.
 *
 * @param kind - authority, institution, issue or ask
 * @param subject - the identifier's account, 40 hexadecimal digits
 * @param name - credential type or query; empty for an authority or institution
 * @throws ChaincodeError as {@link readIdentifier}
 */
export async function readGrant(
  state: ChaincodeState,
  magicText: string,
  kind: string,
  subject: string,
  name: string,
): Promise<GrantOnChannel> {
  const network = await findNetwork(state, parseMagic(magicText))
  const key = { kind: grantKinds.find(each => each === kind), subject: syntactic(() => parseScriptHash(subject)), name }
  if (key.kind === undefined) throw expected(`one of the kinds ${grantKinds.join(', ')}`)
  const grantKey: GrantKey =
    key.kind === 'issue' || key.kind === 'ask' ? { kind: key.kind, subject: key.subject, name } : { kind: key.kind, subject: key.subject }
  const asOf: AnchoredEntry[] = []
  const source = provenTrustSource({ verifiedStorage: anchoredStorage(state, network, 'trust', asOf) }, descriptorOf(network))
  const entry = await source.findGrant(grantKey, Number.MAX_SAFE_INTEGER)
  if (entry === null) throw new ChaincodeError('ERR_CHAINCODE_ABSENT', 'the grant was never anchored here')
  const { sequence, reason, validFromMs, validUntilMs } = entry
  const moment = oldest(asOf)
  return { sequence, standing: standingOf(entry, moment.headerTimeMs), reason, validFromMs, validUntilMs, ...moment }
}

/** Answers as a light client does, out of what was anchored. */
function anchoredStorage(state: ChaincodeState, network: NeoNetwork, contract: AnchoredContract, asOf: AnchoredEntry[]) {
  return async (_: ContractDescriptor, key: Uint8Array): Promise<VerifiedEntry> => {
    const entry = await findStored(state, network, contract, key)
    if (entry === undefined) throw new LedgerError('ERR_LEDGER_ABSENT', 'the entry was never anchored here')
    asOf.push(entry)
    const { blockIndex, stateRoot, headerHash, headerTimeMs } = entry
    return { contractId: network.contracts[contract].id, key, value: anchoredValue(entry), blockIndex, stateRoot, headerHash, headerTimeMs }
  }
}

function noBundle(): never {
  throw new TypeError('the channel keeps no proofs')
}

function descriptorOf({ name, contracts }: NeoNetwork): Parameters<typeof provenSource>[1] {
  // Contracts that the channel takes no entries of are never read.
  return { name, contracts: { ...contracts, council: contracts.trust, proofs: contracts.trust } }
}

function oldest(entries: readonly AnchoredEntry[]): AsOf {
  const { blockIndex, headerTimeMs } = entries.reduce((before, entry) => (entry.blockIndex < before.blockIndex ? entry : before))
  return { blockIndex, headerTimeMs }
}

function syntactic<T>(parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw expected('a DID or a script hash in its only spelling')
  }
}
