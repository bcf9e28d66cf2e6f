import { council } from '@hufu/bindings'
import { isSignatureValid, parsePublicKey, type Signer } from '@hufu/keys'
import {
  type Account,
  asBytes,
  asNumber,
  asScriptHash,
  asStruct,
  asText,
  type CallOnStack,
  type ContractCall,
  isNull,
  joinSignatures,
  LedgerError,
  type LedgerReader,
  multisigAccount,
  type NetworkDescriptor,
  nativeContracts,
  readCallScript,
  readTransaction,
  singleAccount,
  stackItemOfArgument,
  type TransactionSender,
  transactionId,
  transactionMessage,
  type Write,
} from '@hufu/ledger'
import { bytesToHex, equalBytes, sha256 } from '@hufu/primitives'
import { type Collection, decodeCollection } from './collection.ts'
import type { CouncilLedger, CouncilReader } from './council-ledger.ts'
import { CouncilError } from './errors.ts'
import { nativeCalls, type PricedMethod } from './native-calls.ts'
import { submitCouncilCall } from './submit-council-call.ts'

/** Where signatures are gathered, and the transaction is sent. */
export interface CollectionLedger extends CouncilLedger {
  readonly client: CouncilLedger['client'] & TransactionSender
  readonly network: Pick<NetworkDescriptor, 'name' | 'contracts' | 'magic'>
}

/** A member of the ledger's committee, and who pays for its writes. */
export interface MemberSigning {
  readonly signer: Signer
  readonly sponsor?: Account
}

/** The account of the ledger's committee as it is now, without keys at hand. A node's word. */
export async function readCommittee(client: LedgerReader): Promise<Account> {
  const members = asStruct(await client.invokeRead({ contract: nativeContracts.neoToken, method: 'getCommittee', args: [] }), 1)
  const keys = members.map(member => parsePublicKey('P-256', asBytes(member)))
  return multisigAccount(Math.floor(keys.length / 2) + 1, keys)
}

/**
 * Builds a transaction of the committee, and begins to gather its signatures on the ledger: no file is passed around. Its number is the result of the write.
 *
 * @param options.validBlocks - blocks in which it may land: as long as the members may take to sign
 * @throws CouncilError `ERR_COUNCIL_MEMBER`, `ERR_COUNCIL_NOT_AUTHORIZED`; `ERR_COUNCIL_WHITELIST`: it would fix a fee that is fixed already
 * @throws LedgerError `ERR_LEDGER_DRY_RUN_FAULT`: the ledger would refuse the calls; else as `LedgerWriter.submit`
 */
export async function openCollection(
  ledger: CollectionLedger,
  options: MemberSigning & { readonly calls: readonly ContractCall[]; readonly validBlocks: number },
): Promise<Write> {
  const { signer, calls, validBlocks, sponsor } = options
  const account = await readCommittee(ledger.client)
  await refuseFixedFees(ledger.client, account, calls.map(onStack))
  const transaction = await ledger.client.prepare(calls, { account, validBlocks })
  const call = council(ledger.network.contracts.council.hash).openCollection({ member: signer.publicKey.bytes, transaction })
  return submitCouncilCall(ledger, call, payer(signer, sponsor), [bytesToHex(transaction)])
}

/** A collection with the transaction that it is about. */
export interface CollectionWithTransaction {
  readonly collection: Collection
  /** The bytes that the signatures cover; `describeTransaction` says what they do. */
  readonly transaction: Uint8Array
}

/** @throws CouncilError `ERR_COUNCIL_COLLECTION`: there is none of this number; LedgerError `ERR_LEDGER_ANSWER` */
export async function readCollection({ client, network }: CouncilReader, id: number): Promise<CollectionWithTransaction> {
  const contract = council(network.contracts.council.hash)
  const [record, content] = await client.invokeReadMany([
    contract.collection({ id: BigInt(id) }),
    contract.collectionTransaction({ id: BigInt(id) }),
  ])
  const collection = decodeCollection(id, record!)
  if (collection === null || isNull(content)) throw new CouncilError('ERR_COUNCIL_COLLECTION', 'there is no such collection of signatures')
  const transaction = asBytes(content)
  if (!equalBytes(sha256(transaction), collection.transactionHash))
    throw new LedgerError('ERR_LEDGER_ANSWER', 'expected the transaction whose hash the collection names')
  return { collection, transaction }
}

const mostAtOnce = 50

/** The latest collections, newest first, 50 at most. */
export async function readCollections({ client, network }: CouncilReader): Promise<readonly Collection[]> {
  const contract = council(network.contracts.council.hash)
  const count = asNumber(await client.invokeRead(contract.collectionCount()))
  const ids = Array.from({ length: Math.min(count, mostAtOnce) }, (_, index) => count - index)
  if (ids.length === 0) return []
  const items = await client.invokeReadMany(ids.map(id => contract.collection({ id: BigInt(id) })))
  return items.flatMap((item, index) => decodeCollection(ids[index]!, item) ?? [])
}

/**
 * Signs the transaction of a collection, after looking at it once more: what is not of this form, or would split the state of the nodes, is not signed.
 *
 * @param options.transaction - as the member has seen it; another one is not signed
 * @throws CouncilError `ERR_COUNCIL_PAYLOAD_CHANGED`, `ERR_COUNCIL_WHITELIST`, `ERR_COUNCIL_SIGNED`, `ERR_COUNCIL_MEMBER`, `ERR_COUNCIL_COLLECTION`
 * @throws LedgerError `ERR_LEDGER_TRANSACTION`: it is no transaction that only makes calls; else as `LedgerWriter.submit`
 */
export async function signCollection(
  ledger: CollectionLedger,
  options: MemberSigning & { readonly id: number; readonly transaction: Uint8Array },
): Promise<Write> {
  const { signer, id, transaction, sponsor } = options
  const seen = await readCollection(ledger, id)
  if (!equalBytes(seen.transaction, transaction))
    throw new CouncilError('ERR_COUNCIL_PAYLOAD_CHANGED', 'the collection holds another transaction than the one that was meant')
  const account = await checkedCommittee(ledger.client, transaction)
  await refuseFixedFees(ledger.client, account, readCallScript(readTransaction(transaction).script))
  const signature = await signer.sign(transactionMessage(transaction, ledger.network.magic))
  const member = signer.publicKey.bytes
  const call = council(ledger.network.contracts.council.hash).addSignature({ id: BigInt(id), member, signature })
  return submitCouncilCall(ledger, call, payer(signer, sponsor), [id, bytesToHex(member), bytesToHex(signature)])
}

/**
 * Makes the transaction whole and sends it; anybody can, and the committee pays. The same collection is sent once.
 *
 * @throws CouncilError `ERR_COUNCIL_SIGNATURES`: too few signatures of today's committee; `ERR_COUNCIL_WHITELIST`, `ERR_COUNCIL_COLLECTION`
 * @throws LedgerError `ERR_LEDGER_TRANSACTION`, `ERR_LEDGER_REJECTED`, such as when it can no longer land
 */
export async function sendCollection(ledger: CollectionLedger, id: number): Promise<Write> {
  const { collection, transaction } = await readCollection(ledger, id)
  const account = await checkedCommittee(ledger.client, transaction)
  const message = transactionMessage(transaction, ledger.network.magic)
  const valid = await Promise.all(
    collection.signatures.map(async ({ member, signature }) => {
      const key = account.publicKeys.find(({ bytes }) => bytesToHex(bytes) === member)
      return key !== undefined && (await isSignatureValid(key, message, signature)) ? [[member, signature] as const] : []
    }),
  )
  const signatures = new Map(valid.flat())
  if (signatures.size < account.threshold)
    throw new CouncilError('ERR_COUNCIL_SIGNATURES', `expected signatures of ${account.threshold} members of the committee`)
  const { validUntilBlock, script } = readTransaction(transaction)
  await refuseFixedFees(ledger.client, account, readCallScript(script))
  const signed = joinSignatures(transaction, account, signatures)
  return ledger.client.sendSigned(signed, { idempotencyKey: `council:collection:${transactionId(transaction)}`, validUntilBlock })
}

function payer(signer: Signer, sponsor: Account | undefined): { account: Account; sponsor?: Account } {
  return { account: singleAccount(signer), ...(sponsor === undefined ? {} : { sponsor }) }
}

/** The committee, if the transaction is signed and paid by nobody else. */
async function checkedCommittee(client: LedgerReader, transaction: Uint8Array): Promise<Account> {
  const account = await readCommittee(client)
  const { signers } = readTransaction(transaction)
  if (signers.length !== 1 || signers[0]!.account !== account.scriptHash)
    throw new CouncilError('ERR_COUNCIL_MEMBER', "the transaction is not of today's committee alone")
  return account
}

/**
 * Refuses to fix a fee that is fixed already, unless the same transaction frees it before: nodes of neo-go 0.122 would write the new fee and go on with the
 * old one until they restart, and then disagree about the state.
 */
async function refuseFixedFees(client: CouncilLedger['client'], committee: Account, calls: readonly CallOnStack[]): Promise<void> {
  /** What this transaction makes of a method's fee, before the next call. */
  const fixedHere = new Map<string, boolean>()
  for (const { contract, method, args } of calls) {
    if (contract !== nativeContracts.policy) continue
    const isFixing = method === 'setWhitelistFeeContract'
    if (!isFixing && method !== 'removeWhitelistFeeContract') continue
    const priced = { contract: asScriptHash(args[0]), method: asText(args[1]), argumentCount: asNumber(args[2]) }
    const key = `${priced.contract} ${priced.method} ${priced.argumentCount}`
    if (isFixing && (fixedHere.get(key) ?? (await isFixed(client, committee, priced))))
      throw new CouncilError('ERR_COUNCIL_WHITELIST', 'the fee of this method is fixed already: free it first, in the same transaction')
    fixedHere.set(key, isFixing)
  }
}

/** True if the ledger could free the method's fee, so that it is fixed now. */
async function isFixed(client: CouncilLedger['client'], committee: Account, priced: PricedMethod): Promise<boolean> {
  try {
    await client.estimateSystemFee([nativeCalls.removeWhitelistFee(priced)], { account: committee })
    return true
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'ERR_LEDGER_DRY_RUN_FAULT') throw error
    if (/^whitelist for .* not found$/.test(error.reason ?? '')) return false
    throw error
  }
}

function onStack({ args, ...call }: ContractCall): CallOnStack {
  return { ...call, args: args.map(stackItemOfArgument) }
}
