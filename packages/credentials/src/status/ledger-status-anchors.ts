import { status } from '@hufu/bindings'
import {
  type Account,
  asBytes,
  asNumber,
  asStruct,
  isNull,
  type LedgerReader,
  type LedgerWriter,
  type NetworkDescriptor,
  type ScriptHash,
  type StackItem,
  scriptHashOfAddress,
  type Write,
} from '@hufu/ledger'
import { bytesToHex, equalBytes, errorCode } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import type { FindStatusAnchor } from '../lookups.ts'

const maxListIdLength = 64
/** How far back a list is looked for: issuers publish every few minutes, verifiers accept lists some hours old at most. */
const maxLookBack = 64

/**
 * Name of a published status list on the ledger: the last part of its URI's path.
 *
 * @throws CredentialError `ERR_CREDENTIAL_STATUS_INVALID`: it has none that the ledger takes
 */
export function statusListId(uri: string): string {
  const name = URL.parse(uri)?.pathname.split('/').at(-1) ?? ''
  if (!/^[A-Za-z0-9._:-]+$/.test(name) || name.length > maxListIdLength) {
    throw new CredentialError(
      'ERR_CREDENTIAL_STATUS_INVALID',
      `expected the path of a status list to end in a name of at most ${maxListIdLength} letters, digits and . _ : -`,
    )
  }
  return name
}

/** Puts the hash of a published status list on the ledger, with the block's time. @param list.sha256 - of the list as published, byte for byte */
export function anchorStatusList(
  ledger: { readonly client: LedgerWriter; readonly network: Pick<NetworkDescriptor, 'contracts'> },
  list: { readonly issuer: ScriptHash; readonly uri: string; readonly sha256: Uint8Array },
  signing: { readonly account: Account; readonly sponsor?: Account },
): Promise<Write> {
  const listId = statusListId(list.uri)
  const call = status(ledger.network.contracts.status.hash).anchorStatusList({ issuer: list.issuer, listId, listHash: list.sha256 })
  return ledger.client.submit([call], { ...signing, idempotencyKey: `anchor:${list.issuer}:${listId}:${bytesToHex(list.sha256)}` })
}

/** Looks up anchors of `did:neo` issuers on the ledger, through one node's word. */
export function ledgerStatusAnchors(reader: LedgerReader, network: Pick<NetworkDescriptor, 'name' | 'contracts'>): FindStatusAnchor {
  const contract = status(network.contracts.status.hash)
  return async ({ issuer: issuerDid, uri, sha256 }) => {
    const issuer = accountOfIssuer(issuerDid, network.name)
    if (issuer === undefined) return null
    const listId = statusListId(uri)
    const read = async (sequence: number): Promise<Anchor | null> =>
      decodeAnchor(
        await reader.invokeRead(
          sequence === 0
            ? contract.statusListAnchor({ issuer, listId })
            : contract.statusListAnchorAt({ issuer, listId, sequence: BigInt(sequence) }),
        ),
      )
    let anchor = await read(0)
    let supersededAtMs: number | null = null
    for (let step = 0; anchor !== null && step < maxLookBack; step++) {
      if (equalBytes(anchor.hash, sha256))
        return {
          supersededAtMs,
          evidence: { listId, sequence: anchor.sequence, anchoredAtMs: anchor.timeMs, blockIndex: anchor.blockIndex },
        }
      supersededAtMs = anchor.timeMs
      anchor = anchor.sequence > 1 ? await read(anchor.sequence - 1) : null
    }
    return null
  }
}

interface Anchor {
  readonly sequence: number
  readonly hash: Uint8Array
  readonly timeMs: number
  readonly blockIndex: number
}

function decodeAnchor(item: StackItem): Anchor | null {
  if (isNull(item)) return null
  const [sequence, hash, timeMs, blockIndex] = asStruct(item, 4)
  return { sequence: asNumber(sequence), hash: asBytes(hash), timeMs: asNumber(timeMs), blockIndex: asNumber(blockIndex) }
}

/** The account in a DID of this network; undefined for any other DID. */
function accountOfIssuer(did: string, networkName: string): ScriptHash | undefined {
  const prefix = `did:neo:${networkName}:`
  if (!did.startsWith(prefix)) return undefined
  try {
    return scriptHashOfAddress(did.slice(prefix.length))
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}
