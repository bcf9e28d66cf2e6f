import { ByteWriter, bytesToHex, reverseBytes } from '@hufu/primitives'
import type { Account } from './account.ts'
import { ScriptWriter } from './script-writer.ts'
import { signedMessage, transactionHash, type UnsignedTransaction, unsignedTransactionBytes } from './transaction.ts'

/** A transaction as it travels. */
export interface SignedTransaction {
  /** Big-endian hexadecimal. */
  readonly hash: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

const maxTransactionLength = 102_400

/**
 * Signs a transaction with every account's keys.
 *
 * @param accounts - in the order of `transaction.signers`
 * @throws TypeError: accounts that differ from the signers, too few keys at hand, or over 102,400 bytes
 */
export async function signTransaction(
  transaction: UnsignedTransaction,
  accounts: readonly Account[],
  magic: number,
): Promise<SignedTransaction> {
  if (
    transaction.signers.some((signer, index) => signer.account !== accounts[index]?.scriptHash) ||
    accounts.length !== transaction.signers.length
  ) {
    throw new TypeError('accounts must be the signers of the transaction, in order')
  }
  const unsigned = unsignedTransactionBytes(transaction)
  const hash = transactionHash(unsigned)
  const message = signedMessage(magic, hash)
  const invocations = await Promise.all(accounts.map(account => invocationScript(account, message)))
  const out = new ByteWriter().bytes(unsigned).varUint(accounts.length)
  for (const [index, account] of accounts.entries()) out.varBytes(invocations[index]!).varBytes(account.verificationScript)
  const bytes = out.toBytes()
  if (bytes.length > maxTransactionLength) throw new TypeError(`transaction is over ${maxTransactionLength} bytes`)
  return { hash: bytesToHex(reverseBytes(hash)), bytes }
}

/** Pushes the signatures, in the order of the public keys. */
async function invocationScript(account: Account, message: Uint8Array): Promise<Uint8Array> {
  const signers = account.signers.slice(0, account.threshold)
  if (signers.length < account.threshold) throw new TypeError('account has fewer signers at hand than its threshold')
  const signatures = await Promise.all(signers.map(signer => signer.sign(message)))
  const script = new ScriptWriter()
  for (const signature of signatures) script.bytes(signature)
  return script.toBytes()
}
