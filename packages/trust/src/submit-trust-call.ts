import { trustFaults } from '@hufu/bindings'
import type { Account, ContractCall, LedgerWriter, NetworkDescriptor, Write, WriteOutcome } from '@hufu/ledger'
import { bytesToHex, canonicalJsonBytes, errorCode, sha256 } from '@hufu/primitives'
import { TrustError, type TrustErrorCode } from './errors.ts'

/** Where the registry is written. */
export interface TrustLedger {
  readonly client: LedgerWriter
  readonly network: Pick<NetworkDescriptor, 'name' | 'contracts'>
}

/** Who signs, and who pays if it is another. */
export interface SigningAccounts {
  /**
   * The account of the controller of the acting authority; or, for what the council does, that of the ledger's committee, with a client that writes as the
   * council while a network is founded. After that the council acts by proposals.
   */
  readonly account: Account
  readonly sponsor?: Account
}

/** What contracts/trust panics with. */
const faults: Readonly<Record<string, readonly [code: TrustErrorCode, message: string]>> = {
  [trustFaults.exists]: ['ERR_TRUST_EXISTS', 'the grant exists already'],
  [trustFaults.unknown]: ['ERR_TRUST_UNKNOWN', 'there is no such grant'],
  [trustFaults.revoked]: ['ERR_TRUST_REVOKED', 'the grant is revoked for good'],
  [trustFaults.status]: ['ERR_TRUST_STATUS', 'the change does not fit the status of the grant'],
  [trustFaults.held]: ['ERR_TRUST_HELD', 'the grant is suspended by the council'],
  [trustFaults.actor]: ['ERR_TRUST_NOT_AUTHORIZED', 'only who gave a grant, or the council, may change it'],
  [trustFaults.standing]: ['ERR_TRUST_STANDING', 'the authority or institution is not in good standing now'],
  [trustFaults.type]: ['ERR_TRUST_TYPE_UNKNOWN', 'the credential type is not registered'],
  [trustFaults.version]: ['ERR_TRUST_VERSION_CONFLICT', 'expected the latest version plus one'],
  [trustFaults.validity]: ['ERR_TRUST_VALIDITY', 'expected a validity that ends after it starts, and after now'],
  [trustFaults.inactive]: ['ERR_TRUST_IDENTIFIER', 'the authority or institution has no active identifier'],
  [trustFaults.stopped]: ['ERR_TRUST_STOPPED', 'the council has stopped the registry for now'],
  [trustFaults.witness]: ['ERR_TRUST_NOT_AUTHORIZED', 'an account that must agree has not signed'],
}

/** Submits one call of the registry. The contract's refusals become TrustErrors, with the LedgerError that says how far the write got as `cause`. */
export async function submitTrustCall(
  { client, network }: TrustLedger,
  call: ContractCall,
  { account, sponsor }: SigningAccounts,
  intent: readonly unknown[],
): Promise<Write> {
  // The same intent has the same key, so that asking twice writes once.
  const idempotencyKey = `trust:${call.method}:${bytesToHex(sha256(canonicalJsonBytes([network.name, ...intent])))}`
  const options = { account, idempotencyKey, ...(sponsor === undefined ? {} : { sponsor }) }
  const write = await translated(() => client.submit([call], options))
  return {
    transactionHash: write.transactionHash,
    inBlock: (): Promise<WriteOutcome> => translated(() => write.inBlock()),
    durable: (): Promise<WriteOutcome> => translated(() => write.durable()),
  }
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const isFault = ['ERR_LEDGER_DRY_RUN_FAULT', 'ERR_LEDGER_FAULT'].includes(errorCode(error) ?? '')
    const fault = isFault ? faults[(error as { reason?: string }).reason ?? ''] : undefined
    throw fault === undefined ? error : new TrustError(fault[0], fault[1], { cause: error })
  }
}
