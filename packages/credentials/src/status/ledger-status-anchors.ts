import { status } from '@hufu/bindings'
import {
  type Account,
  type LedgerReader,
  type LedgerWriter,
  type NetworkDescriptor,
  type ScriptHash,
  scriptHashOfAddress,
  type Write,
} from '@hufu/ledger'
import { bytesToHex, equalBytes, errorCode } from '@hufu/primitives'
import type { FindStatusAnchor } from '../lookups.ts'
import { decodeAnchorAnswer, type StatusAnchor } from './status-anchor.ts'
import { statusListId } from './status-list-id.ts'

/** How far back a list is looked for: issuers publish every few minutes, verifiers accept lists some hours old at most. */
const maxLookBack = 64

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
    const read = async (sequence: number): Promise<StatusAnchor | null> =>
      decodeAnchorAnswer(
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
