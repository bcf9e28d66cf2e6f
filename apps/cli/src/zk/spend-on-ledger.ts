import { proofs, proofsFaults, status } from '@hufu/bindings'
import { accountOfDid, parseDid } from '@hufu/did'
import { type Account, asBytes, asStruct, LedgerError, type WriteOutcome } from '@hufu/ledger'
import { bytesToHex, utf8ToBytes } from '@hufu/primitives'
import { type RootList, rootSetOf, type Scalar, type SpendRequest, scalarFromBytes, scalarToBytes, spendTerms } from '@hufu/proofs'
import type { Identity } from '../identity.ts'
import type { Session } from '../session.ts'
import { compileToday } from './answer-query.ts'
import type { RegisteredStatement } from './registered-statement.ts'

export interface SpendOptions {
  readonly verifier: Identity
  readonly queryId: string
  readonly registered: RegisteredStatement
  /** 32 bytes that the verifier gave out for this. */
  readonly nonce: Uint8Array
  /** The wallet's answer. */
  readonly request: SpendRequest
  readonly sponsor: Account
}

/**
 * Spends a right on the ledger: records the roots that the answer rests on, and verifies and spends, in one transaction. Purpose, event and predicates are the
 * verifier's own, whatever the wallet says.
 *
 * @returns once durable
 * @throws LedgerError `ERR_LEDGER_DRY_RUN_FAULT`: the contract refuses, nothing was sent; and as `submit` and `durable`
 */
export async function spendOnLedger(session: Session, options: SpendOptions): Promise<WriteOutcome> {
  const { verifier, queryId, registered, nonce, request, sponsor } = options
  const { client, network } = session
  const contract = proofs(network.contracts.proofs.hash)
  const { credentialType, issuers } = request.roots
  const statement = compileToday(registered)
  const { purpose, event, predicates } = spendTerms(statement)
  const record = contract.recordRootSet({
    typeId: credentialType,
    issuers: issuers.map(({ issuer }) => accountOfDid(parseDid(issuer))),
    rootIndexes: issuers.map(({ rootIndex }) => BigInt(rootIndex)),
  })
  const spend = contract.spend({
    verifier: verifier.account.scriptHash,
    queryId,
    purpose: utf8ToBytes(purpose),
    event: BigInt(event),
    nonce,
    maxRootAgeMs: BigInt(1000 * registered.statement.maxRootAgeSeconds),
    rootSet: scalarToBytes(rootSetOf(await rootsOf(session, request.roots))),
    commitment: request.commitment,
    meta: scalarToBytes(statement.meta),
    today: BigInt(statement.todayNumber),
    nullifier: request.nullifier,
    predicates,
    proofs: request.proofs,
  })
  const write = await client.submit([record, spend], {
    account: verifier.account,
    sponsor,
    idempotencyKey: `spend ${bytesToHex(request.commitment)}`,
  })
  return write.durable()
}

/** True if the contract refused because the right was spent before. */
export function isSpentBefore(error: unknown): boolean {
  return error instanceof LedgerError && error.reason?.includes(proofsFaults.spent) === true
}

async function rootsOf({ client, network }: Session, { credentialType, issuers }: RootList): Promise<readonly Scalar[]> {
  const contract = status(network.contracts.status.hash)
  const calls = issuers.map(({ issuer, rootIndex }) =>
    contract.rootAt({ issuer: accountOfDid(parseDid(issuer)), typeId: credentialType, rootIndex: BigInt(rootIndex) }),
  )
  return (await client.invokeReadMany(calls)).map(item => scalarFromBytes(asBytes(asStruct(item, 5)[1])))
}
