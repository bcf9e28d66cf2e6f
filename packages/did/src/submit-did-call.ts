import { identifiers, identifiersFaults, parseChangedNotification } from '@hufu/bindings'
import type { Account, ContractCall, LedgerReader, LedgerWriter, NetworkDescriptor, WriteOutcome } from '@hufu/ledger'
import { bytesToHex, canonicalJsonBytes, errorCode, sha256 } from '@hufu/primitives'
import { DidError, type DidErrorCode } from './errors.ts'
import { accountOfDid, type Did, networkOfDid } from './parse-did.ts'

/** Where identifiers are written. */
export interface DidLedger {
  readonly client: LedgerReader & LedgerWriter
  readonly network: Pick<NetworkDescriptor, 'name' | 'contracts'>
}

/** Who pays, if the signing accounts do not. */
export interface SponsorOptions {
  readonly sponsor?: Account
}

/** An operation that is done. */
export interface DidChange {
  readonly did: Did
  /** The version that it made; undefined for a step of a recovery that makes none. */
  readonly version: number | undefined
  readonly outcome: WriteOutcome
}

/** An operation on its way. Acknowledge only what is `durable()`. Both throw DidError as the operation, or LedgerError as `Write` does. */
export interface DidWrite {
  readonly did: Did
  /** Big-endian hexadecimal. */
  readonly transactionHash: string
  inBlock(): Promise<DidChange>
  durable(): Promise<DidChange>
}

/** What contracts/identifiers panics with. */
const faults: Readonly<Record<string, readonly [code: DidErrorCode, message: string]>> = {
  [identifiersFaults.exists]: ['ERR_DID_EXISTS', 'the DID is registered already'],
  [identifiersFaults.version]: ['ERR_DID_VERSION_CONFLICT', 'the DID has changed since: read it again and decide anew'],
  [identifiersFaults.witness]: ['ERR_DID_NOT_AUTHORIZED', 'an account that must agree has not signed'],
  [identifiersFaults.noRecovery]: ['ERR_DID_RECOVERY', 'nobody is named to recover the DID, or no recovery is under way'],
  [identifiersFaults.tooEarly]: ['ERR_DID_RECOVERY_EARLY', 'the time for a veto is not over'],
}

/** Submits one call about a DID. The contract's refusals become DidErrors, with the LedgerError that says how far the write got as `cause`. */
export async function submitDidCall(
  ledger: DidLedger,
  did: Did,
  call: ContractCall,
  options: { account: Account | readonly Account[]; idempotencyKey: string } & SponsorOptions,
): Promise<DidWrite> {
  if (networkOfDid(did) !== ledger.network.name) throw new DidError('ERR_DID_NOT_FOUND', `expected a DID of network ${ledger.network.name}`)
  const write = await translated(ledger, did, () => ledger.client.submit([call], options))
  return {
    did,
    transactionHash: write.transactionHash,
    inBlock: () => translated(ledger, did, async () => changeOf(ledger, did, await write.inBlock())),
    durable: () => translated(ledger, did, async () => changeOf(ledger, did, await write.durable())),
  }
}

/** The same intent has the same key, so that asking twice writes once: operation, DID, the version it builds on, and what it says. */
export function idempotencyKeyOf(operation: string, did: Did, expectedVersion: number, content: unknown): string {
  return `did:${operation}:${bytesToHex(sha256(canonicalJsonBytes([did, expectedVersion, content])))}`
}

function changeOf({ network }: DidLedger, did: Did, outcome: WriteOutcome): DidChange {
  const changed = outcome.notifications
    .filter(({ contract, name }) => contract === network.contracts.identifiers.hash && name === 'Changed')
    .map(parseChangedNotification)
    .find(({ identifier }) => identifier === accountOfDid(did))
  return { did, version: changed === undefined ? undefined : Number(changed.version), outcome }
}

async function translated<T>(ledger: DidLedger, did: Did, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw (await didErrorOf(ledger, did, error)) ?? error
  }
}

async function didErrorOf({ client, network }: DidLedger, did: Did, error: unknown): Promise<DidError | undefined> {
  if (!['ERR_LEDGER_DRY_RUN_FAULT', 'ERR_LEDGER_FAULT'].includes(errorCode(error) ?? '')) return undefined
  const { reason = '' } = error as { reason?: string }
  if (reason === identifiersFaults.inactive) {
    const isKnown =
      (await client.invokeRead(identifiers(network.contracts.identifiers.hash).get({ identifier: accountOfDid(did) }))).type !== 'Any'
    return isKnown
      ? new DidError('ERR_DID_DEACTIVATED', 'the DID is deactivated for good', { cause: error })
      : new DidError('ERR_DID_NOT_FOUND', 'the DID is not registered', { cause: error })
  }
  const fault = faults[reason]
  return fault === undefined ? undefined : new DidError(fault[0], fault[1], { cause: error })
}
